/** The specification and the code say the same: codes, limits, and the examples of its tables. */
import { readFileSync } from 'node:fs';
import { errorTables } from '@hearth/contract/errors';
import { expect, test } from '@jest/globals';
import { exverLimits, parseRange, sameRange } from './index.ts';

const text = readFileSync(new URL('../../../spec/21-exver.md', import.meta.url), 'utf8');

test('every code is described, and every described code exists', () => {
  const described = [...text.matchAll(/^\| `exver\.(\w+)` \|/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual(Object.keys(errorTables.get('exver') ?? {}).sort());
});

test('the limits are those of the code', () => {
  const { version, range, depth } = exverLimits;
  const words = text.replaceAll(/\s+/g, ' ');
  expect(words).toContain(
    `at most ${version.toLocaleString('en')} characters long, a range ${range.toLocaleString('en')}`,
  );
  expect(words).toContain(`nest at most ${depth} deep`);
});

test('the examples of ^ and ~ mean what they say', () => {
  const examples = [...text.matchAll(/^\| `([~^][^`]+)` \| `(>=[^`]+)` \|$/gm)];
  expect(examples.length).toBeGreaterThan(6);
  for (const [, short = '', long = ''] of examples) expect(`${short} ${sameRange(short, long)}`).toBe(`${short} true`);
});

test('the words on a blank between two atoms hold', () => {
  expect(parseRange('>=2 || =1 =0')).toEqual(parseRange('>=2 || =1 || =0'));
});
