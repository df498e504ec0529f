/** Which id on disk is which id in a container, as lines of an id map. */
import { errors } from '../errors.ts';
import { idsPerService } from '../layout.ts';

export interface Remap {
  readonly fromId: number;
  readonly toId: number;
  readonly range: number;
}

export interface MapLine {
  /** On disk. */
  readonly inside: number;
  /** On the machine, for processes of the container. */
  readonly outside: number;
  readonly count: number;
}

/**
 * Disk ids 0 to 65,535 to the container that starts at `base`, with a package's own wishes first. Every id is used at
 * most once on each side; those pushed out by a wish show up as `nobody`. Throws `engine.badIdMap`.
 */
export function idMap(base: number, wishes: readonly Remap[]): MapLine[] {
  const lines: MapLine[] = [];
  for (const { fromId, toId, range } of wishes) {
    const fits =
      fromId >= 0 && toId >= 0 && range >= 1 && fromId + range <= idsPerService && toId + range <= idsPerService;
    if (!fits) throw errors.badIdMap({ fromId, toId, range });
    const line = { inside: fromId, outside: base + toId, count: range };
    if (!lines.some((other) => overlaps(line, other, 'inside') || overlaps(line, other, 'outside'))) lines.push(line);
  }
  const wished = [...lines];
  const cuts = new Set([0, idsPerService]);
  for (const { inside, outside, count } of wished) {
    for (const cut of [inside, inside + count, outside - base, outside - base + count]) cuts.add(cut);
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  sorted.slice(0, -1).forEach((from, place) => {
    const line = { inside: from, outside: base + from, count: (sorted[place + 1] ?? from) - from };
    const taken = wished.some((other) => overlaps(line, other, 'inside') || overlaps(line, other, 'outside'));
    if (!taken) lines.push(line);
  });
  return lines.sort((a, b) => a.inside - b.inside);
}

function overlaps(one: MapLine, other: MapLine, side: 'inside' | 'outside'): boolean {
  return one[side] < other[side] + other.count && other[side] < one[side] + one.count;
}
