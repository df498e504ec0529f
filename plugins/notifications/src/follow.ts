/** What the owner is told of by itself: what packages say, how long work ended, and a name that was taken. */
import type { EventMap, Events, Jobs } from '@hearth/contract';
import type {} from '@hearth/plugin-network/api';
import type { Notice, Notifications } from './api.ts';

/** Work whose success is worth a word: it took long, and people went away meanwhile. Backups write reports of their own. */
const worthTelling: ReadonlySet<string> = new Set(['package.install', 'package.update', 'package.backup.restore']);

export function follow(events: Events, jobs: Pick<Jobs, 'read'>, notify: Notifications['notify']): (() => void)[] {
  return [
    events.on('service.notification', async ({ service, level, title, message, data }) => {
      await notify({ level, title, message, service, data });
    }),
    events.on('plugin.notification', async ({ level, title, message }) => {
      await notify({ level, title, message });
    }),
    events.on('job.finished', async (event) => {
      const notice = jobNotice(event, jobs.read(event.job)?.title ?? event.kind);
      if (notice !== null) await notify(notice);
    }),
    events.on('network.nameTaken', async ({ wanted, used }) => {
      await notify({
        level: 'warning',
        title: `Another machine is called ${wanted}.local`,
        message: `This server answers to ${used}.local until the other one has gone, or either is given another name.`,
      });
    }),
  ];
}

function jobNotice(
  { job, kind, service, outcome, code, message }: EventMap['job.finished'],
  title: string,
): Notice | null {
  switch (outcome) {
    case 'failed':
      return {
        level: 'error',
        title: `${title}: failed`,
        message: message ?? 'No reason is known',
        service,
        data: JSON.stringify({ job, code }),
      };
    case 'succeeded':
      if (!worthTelling.has(kind)) return null;
      return { level: 'success', title: `${title}: done`, message: '', service, data: JSON.stringify({ job }) };
    case 'cancelled':
      return null;
  }
}
