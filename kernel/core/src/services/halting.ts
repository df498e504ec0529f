/** The end of one service before the machine is turned off: orderly as far as the time allows, then by force. */
import type { Container } from './container.ts';
import type { Context } from './context.ts';
import type { Mutex } from './mutex.ts';
import type { Transitions } from './transitions.ts';

/** How it went; `left`: a job has it. */
export type HaltOutcome = 'stopped' | 'forced' | 'left';

export interface Halting {
  readonly service: string;
  readonly context: Context;
  readonly container: Container;
  readonly transitions: Transitions;
  readonly lock: Mutex;
}

/** Stops main, has the script take its leave as at every orderly end, and takes the container down, all in `limitMs`. */
export async function haltWithin(limitMs: number, halting: Halting): Promise<HaltOutcome> {
  const { service, context, container, transitions, lock } = halting;
  const { rows, deadlines, log } = context;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    transitions.force();
    container.takeDown(0).catch((error: unknown) => log.error({ err: error, service }, 'A container did not stop'));
  }, limitMs).unref();
  try {
    await lock.run(async () => {
      const { status, manifest } = rows.get(service);
      const up = status.actual === 'starting' || status.actual === 'running';
      if (up) await transitions.stop('The server is being turned off', true);
      try {
        if (container.loaded && !late.signal.aborted) await container.exit(manifest.version);
      } catch (error) {
        log.warn({ err: error, service }, 'A script did not take its leave before the end');
      }
      if (container.up) await container.takeDown(late.signal.aborted ? 0 : deadlines.containerStop);
    });
  } finally {
    clearTimeout(timer);
  }
  return late.signal.aborted ? 'forced' : 'stopped';
}
