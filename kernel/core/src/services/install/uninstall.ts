/** The job `package.uninstall`: the only one that tells a script `exit(null)`, upon which packages delete things. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDefinition, Step } from '@hearth/contract';
import { dropUndeclared } from '../given-addresses.ts';
import { settle } from './settle.ts';
import type { Workshop } from './work.ts';

export interface UninstallInput {
  readonly service: string;
  readonly title: string;
  readonly keepData: boolean;
  /** Goes on where the script refuses or fails. */
  readonly force: boolean;
}

type UninstallStep = Step<UninstallInput, object>;

export function uninstallJob(workshop: Workshop): JobDefinition<UninstallInput, object> {
  return {
    kind: 'package.uninstall',
    title: ({ title }) => `Remove ${title}`,
    service: ({ service }) => service,
    afterCrash: 'redo',
    steps: [takeStep(workshop), leaveStep(workshop), removeStep(workshop), forgetStep(workshop)],
    settled: ({ input, error }) => settle(workshop, input.service, 'could not be removed', error),
  };
}

function takeStep({ context, actor }: Workshop): UninstallStep {
  return {
    name: 'take',
    title: 'Stopping',
    async run({ job, input }) {
      // Absent when only kept data is to go.
      if (context.rows.read(input.service) !== null) await actor(input.service).take(job, 'remove', 'Being removed');
    },
    async undo({ job, input }) {
      if (context.rows.read(input.service)?.job !== job) return;
      await actor(input.service).release({ good: true, reason: 'Kept: the removal was called off' });
    },
  };
}

function leaveStep({ context, actor }: Workshop): UninstallStep {
  return {
    name: 'leave',
    title: 'Taking leave',
    noReturn: true,
    async run({ input, log, signal }) {
      if (context.rows.read(input.service) === null) return;
      const { container } = actor(input.service);
      try {
        // The script keeps what it is told to keep: only a removal with its data is an uninstallation to it.
        await container.bringUp(signal);
        // Asked before a crash, and it has answered since: it is not told twice.
        if (container.phase === 'exited') return;
        await container.load(null, signal);
        await container.exit(input.keepData ? context.rows.get(input.service).manifest.version : null);
      } catch (error) {
        signal.throwIfAborted();
        if (!input.force) throw error;
        log.warn({ err: error, service: input.service }, 'A service was removed by force');
      }
    },
  };
}

function removeStep({ context, actor }: Workshop): UninstallStep {
  return {
    name: 'remove',
    title: 'Removing its container',
    async run({ input: { service } }) {
      if (context.rows.read(service) === null) return;
      await actor(service).container.takeDown(context.deadlines.containerStop);
      await context.engine.call('container.remove', { service });
      await context.engine.call('image.remove', { service, revision: null });
      await rm(join(context.places.data, 'packages', service), { recursive: true, force: true });
    },
  };
}

function forgetStep({ context, dismiss }: Workshop): UninstallStep {
  return {
    name: 'forget',
    title: 'Removing what is left',
    async run({ input: { service, keepData } }) {
      if (!keepData) await context.engine.call('volume.remove', { service });
      if (!keepData) await context.allocations.release(service);
      await dismiss(service);
      if (context.rows.read(service) === null) return;
      await context.rows.remove(service, 'package.uninstall');
      await dropUndeclared(context, service);
      context.events.emit('service.removed', { service });
    },
  };
}
