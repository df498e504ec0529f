import { definePlugin, engineRef, servicesRef } from '@hearth/contract';
import { notificationsRef } from '@hearth/plugin-notifications/api';
import { createAlerts } from './alerts.ts';
import { healthConfig } from './config.ts';
import { watchHost } from './host-watch.ts';
import { healthMethods } from './methods.ts';
import { watchServices } from './service-watch.ts';
import { healthSecret, healthState, initialSecret, initialState } from './state.ts';

/** Watches over the machine and its services, and says when something turns red or green. */
export const healthPlugin = definePlugin({
  id: 'health',
  version: '0.1.0',
  about: 'Watches disk, memory and the checks of your services, and tells you when something changes.',
  requires: { engine: engineRef, services: servicesRef, notifications: notificationsRef },
  config: healthConfig,
  state: { schema: healthState, initial: initialState, volatile: true },
  secret: { schema: healthSecret, initial: initialSecret },
  setup({ engine, services, notifications: { notify } }, scope) {
    const { state, secret, config, events, log } = scope;
    const now = Date.now;
    const { redAfterMs, greenAfterMs } = config;
    const alerts = createAlerts({ secret, notify, redAfterMs, greenAfterMs, log, now });
    return {
      methods: healthMethods(state, services),
      start() {
        scope.onStop('alerts', () => alerts.stop());
        for (const undo of watchServices(events, services, alerts, notify)) scope.onStop('listener', undo);
        return Promise.resolve();
      },
      ready() {
        scope.onStop('watch of the machine', watchHost({ engine, state, alerts, config, log, now }));
        return Promise.resolve();
      },
    };
  },
});
