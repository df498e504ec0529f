import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@hearth/contract';

/** Tried again, and given up with a word in the log: what is left of the past does not spoil what is new. */
export async function tidy(log: Log, work: () => Promise<unknown>): Promise<void> {
  for (const pause of [100, 1000, 0]) {
    try {
      await work();
      return;
    } catch (error) {
      log.warn({ err: error }, 'Something that is needed no more was not removed');
      await delay(pause);
    }
  }
}
