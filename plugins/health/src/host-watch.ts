/** Looks at the machine now and then. */
import { isDeepStrictEqual } from 'node:util';
import type { EngineClient, Log, Slice } from '@hearth/contract';
import type { Alerts } from './alerts.ts';
import type { HealthConfig } from './config.ts';
import { judge } from './host-checks.ts';
import type { HealthState } from './state.ts';

export interface HostWatchParts {
  readonly engine: EngineClient;
  readonly state: Slice<HealthState>;
  readonly alerts: Alerts;
  readonly config: HealthConfig;
  readonly log: Log;
  readonly now: () => number;
}

/** Returns the undo. */
export function watchHost({ engine, state, alerts, config, log, now }: HostWatchParts): () => void {
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const before = state.read().checks;
      const checks = judge(await engine.call('host.usage', {}), before, config, now());
      if (!isDeepStrictEqual(checks, before)) {
        await state.commit('health.host', (draft) => {
          draft.checks = checks;
        });
      }
      for (const [id, { name, result, message }] of Object.entries(checks)) {
        alerts.observe({ key: `host/${id}`, service: null, title: name }, result, message);
      }
    } catch (error) {
      log.warn({ err: error }, 'The machine could not be looked at');
    } finally {
      looking = false;
    }
  }

  void look();
  const timer = setInterval(() => void look(), config.intervalMs).unref();
  return () => clearInterval(timer);
}
