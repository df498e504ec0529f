import { backupTargetsRef, definePlugin, engineRef, jobsRef, servicesRef } from '@hearth/contract';
import { notificationsRef } from '@hearth/plugin-notifications/api';
import { backupConfig } from './config.ts';
import { createJob } from './create.ts';
import { createKinds } from './kinds.ts';
import { backupMethods } from './methods.ts';
import { backupSource } from './source.ts';
import { backupSecret, backupState, initialSecret, initialState } from './state.ts';
import { sweepSockets } from './served/endpoint.ts';
import { createTargets } from './targets.ts';

/** Backups of services to a folder or a place that a plugin brings, sealed and incremental, and the way back. */
export const backupPlugin = definePlugin({
  id: 'backup',
  version: '0.1.0',
  about: 'Keeps copies of your services in a place you choose, and brings them back.',
  requires: { engine: engineRef, services: servicesRef, jobs: jobsRef, notifications: notificationsRef },
  provides: backupTargetsRef,
  config: backupConfig,
  state: { schema: backupState, initial: initialState },
  secret: { schema: backupSecret, initial: initialSecret },
  setup({ engine, services, jobs, notifications: { notify } }, { state, secret, config, places, folder, log }) {
    const now = Date.now;
    const kinds = createKinds({ state, log, now });
    const targets = createTargets({
      state,
      secret,
      engine,
      kinds,
      places,
      log,
      now,
      patienceMs: config.patienceSeconds * 1000,
    });
    return {
      service: { offer: (kind) => kinds.offer(kind), takeBack: (...words) => kinds.takeBack(...words) },
      methods: backupMethods({ state, engine, services, jobs, targets }),
      async start() {
        jobs.define(createJob({ engine, services, targets, state, notify, places, folder, now }));
        services.registerSource(backupSource({ engine, targets, places, folder }));
        await sweepSockets(places.run);
        await kinds.start();
      },
    };
  },
});
