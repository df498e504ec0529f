/** Every vector of the original implementations: `rust` and `ts` are what they answered. */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { HearthError } from '@hearth/contract/errors';
import {
  compareVersions,
  isSatisfiable,
  parseRange,
  parseVersion,
  printRange,
  printVersion,
  sameRange,
  satisfies,
} from './index.ts';

interface Vector {
  op: string;
  args: [string, string];
  rust: string;
  ts: string;
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../spec/vectors/exver.json', import.meta.url), 'utf8'),
) as Vector[];
const of = (op: string) => vectors.filter((vector) => vector.op === op);

function answer(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (HearthError.is(error)) return 'ERR';
    throw error;
  }
}

test('the set is whole', () => expect(vectors).toHaveLength(306));

test.each(of('parse-version'))('parse version $args.0', ({ args, rust }) => {
  expect(answer(() => printVersion(parseVersion(args[0])))).toBe(rust);
});

test.each(of('compare'))('compare $args.0 with $args.1', ({ args, rust }) => {
  expect(answer(() => compareVersions(...args) ?? 'none')).toBe(rust.toLowerCase());
});

test.each(of('satisfies'))('$args.0 in $args.1', ({ args, rust }) => {
  expect(answer(() => String(satisfies(...args)))).toBe(rust);
});

test.each(of('satisfiable'))('satisfiable $args.0', ({ args, rust }) => {
  expect(answer(() => String(isSatisfiable(args[0])))).toBe(rust);
});

/** What the Rust parser reads by leaving off the rest of the text, or by a number it cuts in two: refused here. */
const refused = new Set(['>=1,<2', '>=01', '1.2.3:0 garbage']);

test.each(of('parse-range'))('parse range $args.0', ({ args, rust }) => {
  const mine = answer(() => printRange(parseRange(args[0])));
  if (refused.has(args[0]) || rust === 'ERR') expect(mine).toBe('ERR');
  else expect(sameRange(args[0], rust)).toBe(true);
});
