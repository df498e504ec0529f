/** Ranges as they are written: a tree, kept so that printing gives back what was read. */
import { errors } from './errors.ts';
import {
  maxNumber,
  orderPoints,
  type PlainVersion,
  plainVersion,
  printVersion,
  type Version,
  version,
  zero,
} from './version.ts';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '^' | '~';

export type Range =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'flavor'; readonly flavor: string | null }
  | { readonly kind: 'anchor'; readonly operator: Operator; readonly version: Version }
  | { readonly kind: 'not'; readonly range: Range }
  | { readonly kind: 'and' | 'or'; readonly ranges: readonly Range[] };

export const anyVersion: Range = Object.freeze({ kind: 'any' });
export const noVersion: Range = Object.freeze({ kind: 'none' });

export const anchor = (operator: Operator, value: Version): Range =>
  Object.freeze({ kind: 'anchor', operator, version: value });
export const not = (range: Range): Range => Object.freeze({ kind: 'not', range });
export const flavorRange = (flavor: string | null): Range => Object.freeze({ kind: 'flavor', flavor });

/** All of them; one alone stays itself, none is everything. */
export function and(...ranges: readonly Range[]): Range {
  return ranges.length === 1 && ranges[0] !== undefined
    ? ranges[0]
    : ranges.length === 0
      ? anyVersion
      : Object.freeze({ kind: 'and', ranges: Object.freeze([...ranges]) });
}

/** Any of them; one alone stays itself, none is nothing. */
export function or(...ranges: readonly Range[]): Range {
  return ranges.length === 1 && ranges[0] !== undefined
    ? ranges[0]
    : ranges.length === 0
      ? noVersion
      : Object.freeze({ kind: 'or', ranges: Object.freeze([...ranges]) });
}

/** Both operators are written out and mixed ones bracketed, so that every reader of exver understands the same. */
export function printRange(range: Range): string {
  switch (range.kind) {
    case 'any':
      return '*';
    case 'none':
      return '!';
    case 'flavor':
      return `#${range.flavor ?? ''}`;
    case 'anchor':
      return `${range.operator}${printVersion(range.version)}`;
    case 'not':
      // `!=1` is an anchor: what begins with an operator needs the bracket.
      return `!${bracketed(range.range, range.range.kind === 'anchor')}`;
    case 'and':
    case 'or': {
      const sign = range.kind === 'and' ? ' && ' : ' || ';
      return range.ranges.map((part) => bracketed(part, false)).join(sign);
    }
  }
}

function bracketed(range: Range, always: boolean): string {
  const text = printRange(range);
  return always || range.kind === 'and' || range.kind === 'or' ? `(${text})` : text;
}

export function satisfiesRange(value: Version, range: Range): boolean {
  switch (range.kind) {
    case 'any':
      return true;
    case 'none':
      return false;
    case 'flavor':
      return value.flavor === range.flavor;
    case 'anchor':
      return satisfiesAnchor(value, range.operator, range.version);
    case 'not':
      return !satisfiesRange(value, range.range);
    case 'and':
      return range.ranges.every((part) => satisfiesRange(value, part));
    case 'or':
      return range.ranges.some((part) => satisfiesRange(value, part));
  }
}

function satisfiesAnchor(value: Version, operator: Operator, bound: Version): boolean {
  if (value.flavor !== bound.flavor) return operator === '!=';
  const order = orderPoints(value, bound);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '^':
    case '~':
      return order >= 0 && orderPoints(value, ceiling(operator, bound)) < 0;
  }
}

/**
 * The first version that `^v` or `~v` no longer takes in. `^` counts the first number that is not 0 one up; `~` keeps it
 * and counts the next one up. Flavor and prerelease stay, the revision becomes 0: `^1.0-beta` ends before `2-beta:0`.
 */
export function ceiling(operator: '^' | '~', bound: Version): Version {
  const { numbers, prerelease } = bound.upstream;
  const first = Math.max(
    0,
    numbers.findIndex((number) => number !== 0n),
  );
  const kept = operator === '^' ? first : first + 1;
  const raised = [...numbers.slice(0, kept), (numbers[kept] ?? 0n) + 1n];
  return version(plainVersion(raised, prerelease), zero, bound.flavor);
}

/** `^` and `~` count one up, which must still be a number exver can write. */
export function assertCeiling(operator: Operator, bound: Version, position: number): void {
  if (operator !== '^' && operator !== '~') return;
  const { upstream }: { upstream: PlainVersion } = ceiling(operator, bound);
  if (upstream.numbers.some((number) => number > maxNumber)) throw errors.numberTooLarge({ what: 'range', position });
}
