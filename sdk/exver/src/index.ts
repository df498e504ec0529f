/**
 * @hearth/exver: extended versions (`#flavor:upstream:downstream`) and their ranges, as S9PK packages carry them.
 *
 * Pure: no I/O, no Node. Whatever takes a version or a range also takes its text. The format is `spec/21-exver.md`.
 */
import { isSatisfiableForm, normalForm, sameForm, toRange } from './normal.ts';
import { parseRange } from './parse-range.ts';
import { parsePlainVersion, parseVersion } from './parse-version.ts';
import { and, anchor, not, or, type Range, satisfiesRange } from './range.ts';
import { type Comparison, compare, order, orderPlain, type PlainVersion, type Version } from './version.ts';

export { errors as exverErrors } from './errors.ts';
export { parseRange } from './parse-range.ts';
export { parsePlainVersion, parseVersion } from './parse-version.ts';
export { anyVersion, noVersion, type Operator, printRange, type Range } from './range.ts';
export { limits as exverLimits } from './scanner.ts';
export {
  type Comparison,
  type PlainVersion,
  type PrereleasePart,
  printPlain as printPlainVersion,
  printVersion,
  type Version,
} from './version.ts';

type VersionLike = Version | string;
type RangeLike = Range | string;

const toVersion = (value: VersionLike): Version => (typeof value === 'string' ? parseVersion(value) : value);
const toTree = (value: RangeLike): Range => (typeof value === 'string' ? parseRange(value) : value);
const toPlain = (value: PlainVersion | string): PlainVersion =>
  typeof value === 'string' ? parsePlainVersion(value) : value;

/** null: they are of different flavors, and neither is newer. */
export function compareVersions(a: VersionLike, b: VersionLike): Comparison {
  return compare(toVersion(a), toVersion(b));
}

/** For `sort`: total, but meaningful only within one flavor. Flavors by name, the unflavored last. */
export function orderVersions(a: VersionLike, b: VersionLike): number {
  return order(toVersion(a), toVersion(b));
}

/** For versions without flavor and revision (`osVersion`). Negative, 0 or positive. */
export function orderPlainVersions(a: PlainVersion | string, b: PlainVersion | string): number {
  return orderPlain(toPlain(a), toPlain(b));
}

export function satisfies(version: VersionLike, range: RangeLike): boolean {
  return satisfiesRange(toVersion(version), toTree(range));
}

/** The one way to write this meaning: equal for two ranges exactly when they take in the same versions. */
export function normalise(range: RangeLike): Range {
  return toRange(normalForm(toTree(range)));
}

/** What all of them take in, in normal form. */
export function intersect(...ranges: readonly RangeLike[]): Range {
  return normalise(and(...ranges.map(toTree)));
}

/** What any of them takes in, in normal form. */
export function unite(...ranges: readonly RangeLike[]): Range {
  return normalise(or(...ranges.map(toTree)));
}

/** What it leaves out, in normal form. */
export function negate(range: RangeLike): Range {
  return normalise(not(toTree(range)));
}

/** Exactly this version. */
export function exactly(version: VersionLike): Range {
  return anchor('=', toVersion(version));
}

/** Whether any version at all is in it. */
export function isSatisfiable(range: RangeLike): boolean {
  return isSatisfiableForm(normalForm(toTree(range)));
}

/** Whether some version is in both. */
export function overlaps(a: RangeLike, b: RangeLike): boolean {
  return isSatisfiable(and(toTree(a), toTree(b)));
}

/** Whether they mean the same. */
export function sameRange(a: RangeLike, b: RangeLike): boolean {
  return sameForm(normalForm(toTree(a)), normalForm(toTree(b)));
}

/** Whether every version in `inner` is in `outer` too. */
export function isWithin(inner: RangeLike, outer: RangeLike): boolean {
  return !isSatisfiable(and(toTree(inner), not(toTree(outer))));
}

/** The newest of them by flavor, each the highest of its own. */
export function newest(versions: readonly VersionLike[]): Version[] {
  const best = new Map<string | null, Version>();
  for (const version of versions.map(toVersion)) {
    const known = best.get(version.flavor);
    if (known === undefined || compare(known, version) === 'less') best.set(version.flavor, version);
  }
  return [...best.values()].sort(order);
}
