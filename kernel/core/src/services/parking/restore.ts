/** At boot: services that lie parked since an earlier kernel go on waiting for what they waited for. */
import type { ServiceRow } from '@hearth/contract';
import type { Context } from '../context.ts';
import { blockedBy } from '../tasks/blocked.ts';
import { watchedByKey } from './watched.ts';

/**
 * Once for what lies still when the kernel comes up, and once more for what has come to rest since: cut off in the middle
 * of a stop, for one.
 *
 * @param done those that were looked after before; those that are now are added
 * @param wake those that were cut off in the middle of something, or wait for what cannot be watched without them
 */
export function restoreParked(context: Context, done: Set<string>, wake: (service: string) => void): void {
  for (const row of context.rows.all()) {
    if (!liesStill(row) || done.has(row.id)) continue;
    done.add(row.id);
    const kept = context.parked.read(row.id);
    if (kept === null) {
      wake(row.id);
      continue;
    }
    context.inputs.restore(row.id, kept.inputs);
    for (const { key, seen } of kept.watches) {
      const watched = watchedByKey(context, key);
      if (watched === null) wake(row.id);
      else context.callbacks.restore(watched, seen, row.id);
    }
  }
}

/** Stopped, and not about to start by itself. */
export function liesStill(row: ServiceRow): boolean {
  const { actual, desired } = row.status;
  return row.job === null && actual === 'stopped' && (desired === 'stopped' || blockedBy(row) !== null);
}
