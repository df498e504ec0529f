/** Waiting for the journal: what is not written down did not happen. */
import { setTimeout as delay } from 'node:timers/promises';
import { HearthError } from '@hearth/contract';

const longestPauseMs = 10_000;

export interface Patience {
  /** Aborted once the kernel stops. */
  readonly leaving: AbortSignal;
  /** Before something is tried again: this long, then twice, three times... at most ten seconds. */
  readonly pauseMs: number;
}

/** The journal did not take it: the disk is full, or sick. */
export function isUnwritten(error: unknown): boolean {
  return HearthError.from(error).code === 'state.notDurable';
}

/** @returns whether it is of use to go on: not once the kernel stops */
export async function pauseAfter(attempt: number, { leaving, pauseMs }: Patience): Promise<boolean> {
  const pause = Math.min(longestPauseMs, attempt * pauseMs);
  await delay(pause, undefined, { ref: false, signal: leaving }).catch(() => undefined);
  return !leaving.aborted;
}

/** Tries until the journal takes it, however long that is, and gives up only when the kernel goes. */
export async function written<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isUnwritten(error) || !(await pauseAfter(attempt, patience))) throw error;
    }
  }
}
