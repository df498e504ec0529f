/**
 * Tells the owner when something turns red, and when it is green again.
 *
 * Only a colour that lasts is told, and a colour once told is remembered over restarts. Results that are neither
 * (starting, waiting, loading, disabled) say nothing and end a wait.
 */
import type { CheckResult, Log, Slice } from '@hearth/contract';
import type { Notifications } from '@hearth/plugin-notifications/api';
import type { HealthSecret } from './state.ts';

export interface Subject {
  /** Unique and stable: `host/disk`, `service/<id>/<check>`. */
  readonly key: string;
  readonly service: string | null;
  /** For people: `Syncthing: Web interface`. */
  readonly title: string;
}

export interface Alerts {
  observe(subject: Subject, result: CheckResult, message: string | null): void;
  /** Nothing of the service runs any more: what was about to be told no longer holds. */
  pause(service: string): void;
  /** The service is gone. */
  forget(service: string): Promise<void>;
  stop(): void;
}

export interface AlertsParts {
  readonly secret: Slice<HealthSecret>;
  readonly notify: Notifications['notify'];
  readonly redAfterMs: number;
  readonly greenAfterMs: number;
  readonly log: Log;
  readonly now: () => number;
}

interface Pending {
  readonly subject: Subject;
  readonly colour: 'red' | 'green';
  readonly timer: NodeJS.Timeout;
  message: string | null;
}

export function createAlerts({ secret, notify, redAfterMs, greenAfterMs, log, now }: AlertsParts): Alerts {
  const pending = new Map<string, Pending>();

  function drop(key: string): void {
    clearTimeout(pending.get(key)?.timer);
    pending.delete(key);
  }

  function dropAll(matches: (entry: Pending) => boolean): void {
    for (const [key, entry] of pending) if (matches(entry)) drop(key);
  }

  async function tell({ subject, colour, message }: Pending): Promise<void> {
    const { key, service, title } = subject;
    const since = secret.read().red[key]?.since;
    await secret.commit(`health.${colour}`, ({ red }) => {
      if (colour === 'red') red[key] = { service, since: now() };
      else delete red[key];
    });
    const text = message ?? '';
    if (colour === 'red') await notify({ level: 'error', title: `${title} has a problem`, message: text, service });
    else {
      const lasted = since === undefined ? '' : `It was not for ${duration(now() - since)}. `;
      await notify({ level: 'success', title: `${title} is well again`, message: `${lasted}${text}`.trim(), service });
    }
  }

  return {
    observe(subject, result, message) {
      const { key } = subject;
      const told = key in secret.read().red;
      const colour = result === 'failure' ? 'red' : result === 'success' ? 'green' : null;
      const waiting = pending.get(key);
      if (colour === null || (colour === 'red') === told) return drop(key);
      if (waiting?.colour === colour) {
        waiting.message = message;
        return;
      }
      drop(key);
      const timer = setTimeout(
        () => {
          const entry = pending.get(key);
          pending.delete(key);
          if (entry !== undefined) tell(entry).catch((error: unknown) => log.error({ err: error, key }, 'Not told'));
        },
        colour === 'red' ? redAfterMs : greenAfterMs,
      ).unref();
      pending.set(key, { subject, colour, timer, message });
    },

    pause: (service) => dropAll((entry) => entry.subject.service === service),

    async forget(service) {
      dropAll((entry) => entry.subject.service === service);
      const keys = Object.entries(secret.read().red).filter(([, told]) => told.service === service);
      if (keys.length === 0) return;
      await secret.commit('health.forget', ({ red }) => {
        for (const [key] of keys) delete red[key];
      });
    },

    stop: () => dropAll(() => true),
  };
}

function duration(ms: number): string {
  const [value, unit] = ms < 120_000 ? [ms / 1000, 's'] : ms < 7_200_000 ? [ms / 60_000, 'min'] : [ms / 3_600_000, 'h'];
  return `${Math.round(value)} ${unit}`;
}
