/** Hears what the checks of services and plugins say, and when a service is given up. */
import type { Events, Services } from '@hearth/contract';
import type { Notifications } from '@hearth/plugin-notifications/api';
import type { Alerts } from './alerts.ts';

/** States in which checks mean nothing. */
const quiet: ReadonlySet<string> = new Set([
  'stopped',
  'stopping',
  'crashed',
  'failed',
  'updating',
  'removing',
  'backing-up',
]);

/** Returns the undos. */
export function watchServices(
  events: Events,
  services: Pick<Services, 'read'>,
  alerts: Alerts,
  notify: Notifications['notify'],
): (() => void)[] {
  const title = (service: string): string => services.read(service)?.manifest.title ?? service;
  return [
    events.on('service.health', ({ service, check, name, after, message }) => {
      const subject = { key: `service/${service}/${check}`, service, title: `${title(service)}: ${name}` };
      alerts.observe(subject, after, message);
    }),
    events.on('service.status', async ({ service, to, reason }) => {
      if (quiet.has(to)) alerts.pause(service);
      if (to === 'failed') {
        await notify({ level: 'error', title: `${title(service)} does not run`, message: reason, service });
      }
    }),
    events.on('plugin.health', ({ plugin, check, name, after, message }) => {
      // What a plugin no longer says is neither well nor unwell.
      alerts.observe({ key: `plugin/${plugin}/${check}`, service: null, title: name }, after ?? 'disabled', message);
    }),
    events.on('service.removed', ({ service }) => alerts.forget(service)),
  ];
}
