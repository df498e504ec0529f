import { definePlugin, engineRef, jobsRef, servicesRef } from '@hearth/contract';
import { notificationsRef } from '@hearth/plugin-notifications/api';
import { createJob } from './create.ts';
import { backupMethods } from './methods.ts';
import { backupSource } from './source.ts';
import { backupSecret, backupState, initialSecret, initialState } from './state.ts';
import { createTargets } from './targets.ts';

/** Backups of services to a folder, sealed and incremental, and the way back. */
export const backupPlugin = definePlugin({
  id: 'backup',
  version: '0.1.0',
  about: 'Keeps copies of your services in a folder you choose, and brings them back.',
  requires: { engine: engineRef, services: servicesRef, jobs: jobsRef, notifications: notificationsRef },
  state: { schema: backupState, initial: initialState },
  secret: { schema: backupSecret, initial: initialSecret },
  setup({ engine, services, jobs, notifications: { notify } }, { state, secret, places, folder }) {
    const now = Date.now;
    const targets = createTargets({ state, secret, engine, places, now });
    return {
      methods: backupMethods({ state, engine, services, jobs, targets }),
      start() {
        jobs.define(createJob({ engine, services, targets, state, notify, places, folder, now }));
        services.registerSource(backupSource({ engine, targets, places, folder }));
        return Promise.resolve();
      },
    };
  },
});
