/** Effects by which a script looks at and moves services: status, restart, shutdown, health, progress, notifications. */
import type { FullProgress, Progress } from '@hearth/contract';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { upStates } from '../machine.ts';
import { watched } from '../parking/watched.ts';
import { type Handlers, targetOf } from './call.ts';

export interface ControlNeeds {
  readonly context: Context;
  readonly actor: (service: string) => Actor;
  /** Recreates the container, after the answer has left. */
  readonly rebuild: (service: string) => void;
  readonly initProgress: (service: string, progress: Progress | FullProgress) => void;
}

type Names =
  | 'echo'
  | 'git-info'
  | 'rebuild'
  | 'restart'
  | 'shutdown'
  | 'get-status'
  | 'set-main-status'
  | 'clear-callbacks'
  | 'set-health'
  | 'set-init-progress'
  | 'set-backup-progress'
  | 'notification.create'
  | 'get-installed-packages'
  | 'get-service-manifest'
  | 'set-data-version'
  | 'get-data-version';

export function controlEffects({ context, actor, rebuild, initProgress }: ControlNeeds): Handlers<Names> {
  const { rows, callbacks, engine, events } = context;
  return {
    echo: ({ message }) => message,
    'git-info': () => 'hearth',
    rebuild: (_, { service }) => rebuild(service),
    // As StartOS: `main` is begun anew in the container it ran in.
    restart: (_, { service }) => actor(service).restart('main'),
    shutdown: async (_, { service }) => {
      await actor(service).setDesired('stopped', 'package.shutdown');
    },
    'get-status': (params, call) => {
      const target = targetOf(params, call);
      return callbacks.read(watched(context, 'status', target), call.service, params.callback);
    },
    // Deprecated: whether main runs is what `start` and `stop` say.
    'set-main-status': () => null,
    'clear-callbacks': (which, { service }) => callbacks.clear(service, which),
    'set-health': async ({ id, name, result, message }, { service }) => {
      const row = rows.read(service);
      // A version on trial is looked at while a job still has it.
      const onTrial = row?.status.actual === 'updating' && actor(service).container.mainUp;
      if (row === null || row.status.actual === 'stopping') return;
      if (!upStates.has(row.status.actual) && !onTrial) return;
      await context.health.set(service, id, { name, result, message: message ?? null });
    },
    'set-init-progress': ({ progress }, { service }) => {
      actor(service).container.touch();
      initProgress(service, progress);
    },
    'set-backup-progress': (_, { service }) => actor(service).container.touch(),
    'notification.create': ({ level, title, message, data }, { service }) =>
      events.emit('service.notification', { service, level, title, message, data: data ?? null }),
    'get-installed-packages': () => rows.all().map(({ id }) => id),
    'get-service-manifest': ({ packageId, callback }, { service }) => {
      const manifest = callbacks.read(watched(context, 'manifest', packageId), service, callback);
      if (manifest === null) throw errors.notInstalled({ service: packageId });
      return manifest;
    },
    'set-data-version': async ({ version }, { service }) => {
      await engine.call('volume.version.write', { service, version });
    },
    'get-data-version': (_, { service }) => engine.call('volume.version.read', { service }),
  };
}
