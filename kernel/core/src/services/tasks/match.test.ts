import { expect, test } from '@jest/globals';
import { matches } from './match.ts';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: 1 }, { a: 2 }, false],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 2] } }, true],
  [{ a: { b: [1, 2, 3] } }, { a: { b: [1, 2] } }, false],
  [{ a: { x: 1, y: 2 } }, { a: { y: 2 } }, true],
  [{}, { a: undefined }, false],
  [null, {}, false],
  [{ a: null }, { a: null }, true],
  [{}, { constructor: Object }, false],
])('%j against %j is %s', (value, template, fits) => {
  expect(matches(value, template)).toBe(fits);
});
