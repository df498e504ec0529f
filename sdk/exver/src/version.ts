/**
 * Versions: `[#flavor:]upstream:downstream`, each half a plain version (`1.2.3-rc.1`).
 *
 * Values are plain data and frozen; numbers are BigInt, because a u64 does not fit a JavaScript number.
 */

export type PrereleasePart = bigint | string;

/** `1.2.3-rc.1`: at least one number; missing ones count as 0, so `1`, `1.0` and `1.0.0` are equal. */
export interface PlainVersion {
  readonly numbers: readonly bigint[];
  /** All-digit parts are numbers. Empty: a release. */
  readonly prerelease: readonly PrereleasePart[];
}

export interface Version {
  /** null: no flavor. `''` (written `#:1:0`) is a flavor of its own, as StartOS reads it. */
  readonly flavor: string | null;
  /** The program's own version. */
  readonly upstream: PlainVersion;
  /** The packager's revision of it. */
  readonly downstream: PlainVersion;
}

/** Versions of different flavors cannot be compared: null. */
export type Comparison = 'less' | 'equal' | 'greater' | null;

export const maxNumber = 2n ** 64n - 1n;
export const zero: PlainVersion = Object.freeze({
  numbers: Object.freeze([0n]),
  prerelease: Object.freeze([]),
});

export function plainVersion(numbers: readonly bigint[], prerelease: readonly PrereleasePart[] = []): PlainVersion {
  return Object.freeze({ numbers: Object.freeze([...numbers]), prerelease: Object.freeze([...prerelease]) });
}

export function version(upstream: PlainVersion, downstream: PlainVersion, flavor: string | null): Version {
  return Object.freeze({ flavor, upstream, downstream });
}

export function printPlain(plain: PlainVersion): string {
  const numbers = plain.numbers.join('.');
  return plain.prerelease.length === 0 ? numbers : `${numbers}-${plain.prerelease.join('.')}`;
}

/** As it was read, without superfluous leading zeros. */
export function printVersion(value: Version): string {
  const flavor = value.flavor === null ? '' : `#${value.flavor}:`;
  return `${flavor}${printPlain(value.upstream)}:${printPlain(value.downstream)}`;
}

/** Numbers first, left to right; with equal numbers a prerelease comes before the release. Negative, 0 or positive. */
export function orderPlain(a: PlainVersion, b: PlainVersion): number {
  const length = Math.max(a.numbers.length, b.numbers.length);
  for (let at = 0; at < length; at++) {
    const difference = orderValues(a.numbers[at] ?? 0n, b.numbers[at] ?? 0n);
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length) - Math.sign(a.prerelease.length);
  }
  return orderPrerelease(a.prerelease, b.prerelease);
}

function orderPrerelease(a: readonly PrereleasePart[], b: readonly PrereleasePart[]): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = orderParts(a[at] ?? 0n, b[at] ?? 0n);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Numbers before texts; texts are ASCII, so UTF-16 order is byte order. */
function orderParts(a: PrereleasePart, b: PrereleasePart): number {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? orderValues(a, b) : -1;
  return typeof b === 'bigint' ? 1 : orderValues(a, b);
}

function orderValues<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Upstream, then downstream; flavors are not looked at. */
export function orderPoints(a: Version, b: Version): number {
  return orderPlain(a.upstream, b.upstream) || orderPlain(a.downstream, b.downstream);
}

export function compare(a: Version, b: Version): Comparison {
  if (a.flavor !== b.flavor) return null;
  const order = orderPoints(a, b);
  if (order === 0) return 'equal';
  return order < 0 ? 'less' : 'greater';
}

/** A total order for sorting and for keys only: incomparable versions by flavor, those without one last. */
export function order(a: Version, b: Version): number {
  if (a.flavor === b.flavor) return orderPoints(a, b);
  if (a.flavor === null) return 1;
  if (b.flavor === null) return -1;
  return orderValues(a.flavor, b.flavor);
}
