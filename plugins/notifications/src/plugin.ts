import { definePlugin, jobsRef } from '@hearth/contract';
import { notificationsRef } from './api.ts';
import { notificationsConfig } from './config.ts';
import { follow } from './follow.ts';
import { notificationMethods } from './methods.ts';
import { createNotify } from './notify.ts';
import { initialState, notificationsState } from './state.ts';

/** The owner's inbox: what services, finished work and other plugins have to say. */
export const notificationsPlugin = definePlugin({
  id: 'notifications',
  version: '0.1.0',
  about: 'Keeps what the server and its services have to tell you.',
  requires: { jobs: jobsRef },
  provides: notificationsRef,
  config: notificationsConfig,
  state: { schema: notificationsState, initial: initialState },
  setup({ jobs }, scope) {
    const notify = createNotify(scope.state, scope.config);
    return {
      service: { notify },
      methods: notificationMethods(scope.state),
      start() {
        for (const undo of follow(scope.events, jobs, notify)) scope.onStop('listener', undo);
        return Promise.resolve();
      },
    };
  },
});
