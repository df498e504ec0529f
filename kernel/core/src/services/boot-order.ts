/** In which order services come up after a boot: what others need first. */
import type { ServiceRow } from '@hearth/contract';
import { runningNeedsOf } from './needs/needs.ts';

type Needing = Pick<ServiceRow, 'id' | 'dependencies'>;

/**
 * Groups: all of one come up together, once those of the groups before are up. Services that need each other in a
 * circle come up together.
 */
export function bootOrder(rows: readonly Needing[]): readonly (readonly string[])[] {
  const there = new Set(rows.map(({ id }) => id));
  const needs = new Map(rows.map((row) => [row.id, runningNeedsOf(row).filter((id) => there.has(id))]));
  const groups: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < there.size) {
    const left = [...there].filter((id) => !placed.has(id));
    const free = left.filter((id) => (needs.get(id) ?? []).every((need) => placed.has(need)));
    const group = free.length > 0 ? free : circle(left, needs);
    for (const id of group) placed.add(id);
    groups.push(group.sort());
  }
  return groups;
}

/** Those of the rest that are part of a circle nothing outside it holds up. */
function circle(left: readonly string[], needs: ReadonlyMap<string, readonly string[]>): string[] {
  const rest = new Set(left);
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    const queue = [from];
    for (const id of queue) {
      for (const need of needs.get(id) ?? []) {
        if (!rest.has(need) || seen.has(need)) continue;
        seen.add(need);
        queue.push(need);
      }
    }
    return seen;
  };
  const reached = new Map(left.map((id) => [id, reach(id)]));
  return left.filter((id) => {
    const mine = reached.get(id) ?? new Set();
    return mine.has(id) && [...mine].every((other) => reached.get(other)?.has(id) === true);
  });
}
