/** Takes a snapshot of the state before a new release touches it, and every day. */
import { HearthError, type Log } from '@hearth/contract';
import type { Clock } from '../parts.ts';
import type { Store } from '../state/store.ts';
import type { Occasion, Snapshots } from './snapshots.ts';

const dayMs = 24 * 60 * 60 * 1000;
const everyMs = 60 * 60 * 1000;
const quietMs = 60_000;

export interface Keeper {
  /** Whatever happens next, there is a way back: of what was left by another release. */
  beforeUpdate(): Promise<void>;
  take(occasion: Occasion): Promise<string>;
  /** From now on, once a day; returns the undo, which waits for the one at work. */
  begin(): () => Promise<void>;
}

export function createKeeper(parts: {
  readonly store: Store;
  readonly snapshots: Snapshots;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}): Keeper {
  const { store, snapshots, version, clock, log } = parts;
  const take = (occasion: Occasion): Promise<string> =>
    snapshots.take(occasion, { at: clock.now(), version, ...store.whole() });
  const ifDue = async (): Promise<void> => {
    const [latest] = await snapshots.list();
    if (latest === undefined || clock.now() - latest.at >= dayMs) await take('daily');
  };
  const orWarn = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => log.warn({ err: HearthError.from(error) }, 'no snapshot of the state was taken'));
  return {
    take,
    async beforeUpdate() {
      const { slices } = store.whole();
      const server = slices.get('server') as { readonly version?: unknown } | undefined;
      if (server?.version !== undefined && server.version !== '' && server.version !== version)
        await orWarn(take('update'));
    },
    begin() {
      let work: Promise<unknown> = Promise.resolve();
      const look = (): void => {
        work = orWarn(ifDue());
      };
      // Not while everything starts.
      const first = setTimeout(look, quietMs).unref();
      const timer = setInterval(look, everyMs).unref();
      return async () => {
        clearTimeout(first);
        clearInterval(timer);
        await work;
      };
    },
  };
}
