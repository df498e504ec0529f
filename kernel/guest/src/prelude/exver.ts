/**
 * Versions and ranges as objects, for the one place where a package is handed them: the target of `uninit`.
 *
 * A package's own classes (of its own SDK) compare these with theirs by reading their parts, so names and shapes of the
 * parts are those the SDK's classes have: `upstream.number`, `atom.left`, `tables()`.
 */
import {
  compareVersions,
  isSatisfiable,
  normalise,
  overlaps,
  parseRange,
  parseVersion,
  type PlainVersion,
  printPlainVersion,
  printRange,
  printVersion,
  type Range,
  satisfies,
  type Version as VersionData,
} from '@hearth/exver';
import { rangeTables, type Tables } from './exver-tables.ts';

type Order = 'less' | 'equal' | 'greater';
interface Printed {
  toString(): string;
}

export class Version {
  readonly number: number[];
  readonly prerelease: (string | number)[];
  readonly #data: PlainVersion;

  constructor(data: PlainVersion) {
    this.#data = data;
    this.number = data.numbers.map(Number);
    this.prerelease = data.prerelease.map((part) => (typeof part === 'bigint' ? Number(part) : part));
  }

  toString(): string {
    return printPlainVersion(this.#data);
  }

  compare(other: Printed): Order {
    return compareVersions(`${this.toString()}:0`, `${other.toString()}:0`) ?? 'equal';
  }

  compareForSort(other: Printed): -1 | 0 | 1 {
    return signOf(this.compare(other));
  }
}

export class ExtendedVersion {
  readonly flavor: string | null;
  readonly upstream: Version;
  readonly downstream: Version;

  constructor(data: VersionData) {
    this.flavor = data.flavor;
    this.upstream = new Version(data.upstream);
    this.downstream = new Version(data.downstream);
  }

  static parse(text: string): ExtendedVersion {
    return new ExtendedVersion(parseVersion(text));
  }

  toString(): string {
    const flavor = this.flavor === null ? '' : `#${this.flavor}:`;
    return `${flavor}${this.upstream.toString()}:${this.downstream.toString()}`;
  }

  compare(other: Printed): Order | null {
    return compareVersions(this.toString(), other.toString());
  }

  compareForSort(other: Printed): -1 | 0 | 1 {
    return signOf(this.compare(other) ?? (this.toString() < other.toString() ? 'less' : 'greater'));
  }

  equals(other: Printed): boolean {
    return this.compare(other) === 'equal';
  }

  lessThan(other: Printed): boolean {
    return this.compare(other) === 'less';
  }

  greaterThan(other: Printed): boolean {
    return this.compare(other) === 'greater';
  }

  lessThanOrEqual(other: Printed): boolean {
    return this.lessThan(other) || this.equals(other);
  }

  greaterThanOrEqual(other: Printed): boolean {
    return this.greaterThan(other) || this.equals(other);
  }

  satisfies(range: Printed): boolean {
    return satisfies(this.toString(), range.toString());
  }

  /** The next version in its first number: where `^` ends. */
  incrementMajor(): ExtendedVersion {
    return this.#increased(0);
  }

  /** The next version in its second number: where `~` ends. */
  incrementMinor(): ExtendedVersion {
    return this.#increased(1);
  }

  #increased(at: number): ExtendedVersion {
    const numbers = this.upstream.number.slice(0, at + 1);
    while (numbers.length <= at) numbers.push(0);
    numbers[at] = (numbers[at] ?? 0) + 1;
    const flavor = this.flavor === null ? '' : `#${this.flavor}:`;
    return ExtendedVersion.parse(`${flavor}${numbers.join('.')}:0`);
  }
}

type Atom =
  | { readonly type: 'Any' | 'None' }
  | { readonly type: 'Flavor'; readonly flavor: string | null }
  | { readonly type: 'Anchor'; readonly operator: string; readonly version: ExtendedVersion }
  | { readonly type: 'Not'; readonly value: VersionRange }
  | { readonly type: 'And' | 'Or'; readonly left: VersionRange; readonly right: VersionRange };

export class VersionRange {
  readonly atom: Atom;
  readonly #data: Range;

  constructor(data: Range) {
    this.#data = data;
    this.atom = atomOf(data);
  }

  static parse(text: string): VersionRange {
    return new VersionRange(parseRange(text));
  }

  toString(): string {
    return printRange(this.#data);
  }

  satisfiedBy(version: Printed): boolean {
    return satisfies(version.toString(), this.#data);
  }

  intersects(other: Printed): boolean {
    return overlaps(this.#data, other.toString());
  }

  satisfiable(): boolean {
    return isSatisfiable(this.#data);
  }

  normalize(): VersionRange {
    return new VersionRange(normalise(this.#data));
  }

  and(right: VersionRange): VersionRange {
    return VersionRange.parse(`(${this.toString()}) && (${right.toString()})`);
  }

  or(right: VersionRange): VersionRange {
    return VersionRange.parse(`(${this.toString()}) || (${right.toString()})`);
  }

  not(): VersionRange {
    return VersionRange.parse(`!(${this.toString()})`);
  }

  tables(): Tables {
    return rangeTables(this.#data, (data) => {
      const made = new ExtendedVersion(data);
      return { upstream: made.upstream, downstream: made.downstream };
    });
  }
}

function atomOf(range: Range): Atom {
  switch (range.kind) {
    case 'any':
      return { type: 'Any' };
    case 'none':
      return { type: 'None' };
    case 'flavor':
      return { type: 'Flavor', flavor: range.flavor };
    case 'anchor':
      return { type: 'Anchor', operator: range.operator, version: new ExtendedVersion(range.version) };
    case 'not':
      return { type: 'Not', value: new VersionRange(range.range) };
    case 'and':
    case 'or':
      return pairs(range.kind === 'and' ? 'And' : 'Or', range.ranges);
  }
}

function pairs(type: 'And' | 'Or', ranges: readonly Range[]): Atom {
  const kind = type === 'And' ? 'and' : 'or';
  const [first, ...rest] = ranges;
  if (first === undefined) return { type: type === 'And' ? 'Any' : 'None' };
  if (rest.length === 0) return atomOf(first);
  return { type, left: new VersionRange(first), right: new VersionRange({ kind, ranges: rest }) };
}

function signOf(order: Order): -1 | 0 | 1 {
  return order === 'less' ? -1 : order === 'equal' ? 0 : 1;
}

export { printVersion };
