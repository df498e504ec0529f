/**
 * Sets of versions of one flavor, as the places where membership changes along the line of versions.
 *
 * The line is ordered by `orderPoints`. It is dense but for one thing: right behind `1-rc` comes `1-rc.0`, and there is a
 * first version, `0-0:0-0`. Cuts are brought to one form there, so that equal sets have equal cuts.
 */
import { orderPoints, type PlainVersion, plainVersion, type Version, version } from './version.ts';

/** A place right before or right after a version, where membership flips. */
export interface Cut {
  readonly at: Version;
  readonly after: boolean;
}

export interface Line {
  /** Whether the first versions are in. */
  readonly start: boolean;
  readonly cuts: readonly Cut[];
}

export const whole: Line = Object.freeze({ start: true, cuts: [] });
export const empty: Line = Object.freeze({ start: false, cuts: [] });

export const isEmpty = (line: Line): boolean => !line.start && line.cuts.length === 0;
export const complement = (line: Line): Line => ({ start: !line.start, cuts: line.cuts });

/** Everything from the cut on. */
export function from(at: Version, after: boolean): Line {
  const cut = canonical({ at: trimmed(at), after });
  return cut === null ? whole : { start: false, cuts: [cut] };
}

/** Where either (or both) hold, by one walk along both. */
export function combine(a: Line, b: Line, keep: (inA: boolean, inB: boolean) => boolean): Line {
  let [inA, inB] = [a.start, b.start];
  const start = keep(inA, inB);
  const cuts: Cut[] = [];
  let now = start;
  for (let i = 0, j = 0; i < a.cuts.length || j < b.cuts.length; ) {
    const [cutA, cutB] = [a.cuts[i], b.cuts[j]];
    const order = cutA === undefined ? 1 : cutB === undefined ? -1 : orderCuts(cutA, cutB);
    if (order <= 0) {
      inA = !inA;
      i++;
    }
    if (order >= 0) {
      inB = !inB;
      j++;
    }
    const cut = order <= 0 ? cutA : cutB;
    const next = keep(inA, inB);
    if (next !== now && cut !== undefined) cuts.push(cut);
    now = next;
  }
  return { start, cuts };
}

export function sameLine(a: Line, b: Line): boolean {
  return (
    a.start === b.start &&
    a.cuts.length === b.cuts.length &&
    a.cuts.every((cut, at) => {
      const other = b.cuts[at];
      return other !== undefined && orderCuts(cut, other) === 0;
    })
  );
}

function orderCuts(a: Cut, b: Cut): number {
  return orderPoints(a.at, b.at) || Number(a.after) - Number(b.after);
}

/** Before `x-rc.0` is after `x-rc`; before the first version is nowhere (null). */
function canonical(cut: Cut): Cut | null {
  const { at, after } = cut;
  const parts = at.downstream.prerelease;
  if (after || parts.at(-1) !== 0n) return cut;
  if (parts.length > 1) {
    const shorter = plainVersion(at.downstream.numbers, parts.slice(0, -1));
    return { at: version(at.upstream, shorter, at.flavor), after: true };
  }
  return isFirst(at.upstream) && isFirst(at.downstream) ? null : cut;
}

function isFirst(plain: PlainVersion): boolean {
  const [only, ...more] = plain.prerelease;
  return only === 0n && more.length === 0 && plain.numbers.every((number) => number === 0n);
}

/** `1.0:0.0` as `1:0`. */
function trimmed(value: Version): Version {
  return version(trimmedPlain(value.upstream), trimmedPlain(value.downstream), null);
}

function trimmedPlain(plain: PlainVersion): PlainVersion {
  const last = plain.numbers.findLastIndex((number) => number !== 0n);
  return plainVersion(plain.numbers.slice(0, Math.max(1, last + 1)), plain.prerelease);
}
