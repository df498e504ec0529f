import { errors } from './errors.ts';
import {
  anchor,
  and,
  anyVersion,
  assertCeiling,
  flavorRange,
  noVersion,
  not,
  type Operator,
  or,
  type Range,
} from './range.ts';
import { limits, Scanner } from './scanner.ts';
import { version, zero } from './version.ts';

const anAtom = 'a version, an operator, "(", "!", "*" or "#"';

/** Longer ones first: `>=` before `>`. */
const operators: readonly Operator[] = ['>=', '<=', '!=', '=', '<', '>', '^', '~'];

/**
 * Reads a range; every character must belong to it.
 *
 * `&&` and `||` bind alike, from left to right. Two parts side by side are joined by the operator written last before
 * them at that level, `&&` if there was none: so StartOS's host reads it.
 */
export function parseRange(text: string): Range {
  const scanner = new Scanner(text, 'range');
  scanner.skipSpaces();
  const range = sequence(scanner, 0);
  scanner.expectEnd('an operator, a version or the end');
  return range;
}

function sequence(scanner: Scanner, depth: number): Range {
  const start = atom(scanner, depth);
  if (start === null) throw scanner.failed(anAtom);
  // The parts joined by `sign` so far, not yet closed into one range.
  let parts: Range[] = [start];
  let sign: 'and' | 'or' = 'and';
  for (;;) {
    scanner.skipSpaces();
    const written = scanner.take('&&') ? 'and' : scanner.take('||') ? 'or' : null;
    if (written !== null && written !== sign) {
      parts = [join(scanner, sign, parts)];
      sign = written;
    }
    scanner.skipSpaces();
    const next = atom(scanner, depth);
    if (next !== null) parts.push(next);
    else if (written === null) return join(scanner, sign, parts);
    else throw scanner.failed(anAtom);
  }
}

/** How deep a range is nested: `a || b && c || d` nests too, to the left. Bounded, since whoever walks it recurses. */
const heights = new WeakMap<Range, number>();

function nested(scanner: Scanner, made: Range, parts: readonly Range[]): Range {
  const height = 1 + parts.reduce((most, part) => Math.max(most, heights.get(part) ?? 0), 0);
  if (height > limits.depth) throw errors.tooDeep({ limit: limits.depth, position: scanner.at });
  heights.set(made, height);
  return made;
}

function join(scanner: Scanner, sign: 'and' | 'or', parts: readonly Range[]): Range {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return nested(scanner, sign === 'or' ? or(...parts) : and(...parts), parts);
}

/** null where nothing begins that could be one. */
function atom(scanner: Scanner, depth: number): Range | null {
  if (depth > limits.depth) throw errors.tooDeep({ limit: limits.depth, position: scanner.at });
  if (scanner.take('(')) {
    scanner.skipSpaces();
    const inner = sequence(scanner, depth + 1);
    scanner.skipSpaces();
    scanner.expect(')');
    return inner;
  }
  const written = operators.find((operator) => scanner.take(operator));
  if (written !== undefined) {
    scanner.skipSpaces();
    return bounded(scanner, written);
  }
  if (scanner.take('!')) {
    const back = scanner.at;
    scanner.skipSpaces();
    const inner = atom(scanner, depth + 1);
    if (inner !== null) return nested(scanner, not(inner), [inner]);
    scanner.at = back;
    return noVersion;
  }
  if (scanner.take('*')) return anyVersion;
  if (scanner.peek('#')) return flavored(scanner);
  return scanner.digitHere() ? bounded(scanner, '^') : null;
}

/** `#knots` alone, or `#knots:1.2` with the operator left out. */
function flavored(scanner: Scanner): Range {
  const start = scanner.at;
  scanner.take('#');
  const flavor = scanner.flavor();
  if (!scanner.peek(':')) return flavorRange(flavor === '' ? null : flavor);
  scanner.at = start;
  return bounded(scanner, '^');
}

function bounded(scanner: Scanner, operator: Operator): Range {
  const position = scanner.at;
  let flavor: string | null = null;
  if (scanner.take('#')) {
    flavor = scanner.flavor();
    scanner.expect(':');
  }
  const upstream = scanner.plain();
  const downstream = scanner.take(':') ? scanner.plain() : zero;
  const bound = version(upstream, downstream, flavor);
  assertCeiling(operator, bound, position);
  return anchor(operator, bound);
}
