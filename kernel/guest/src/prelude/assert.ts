import { inspect } from './inspect.ts';
import { isDeepStrictEqual } from './util.ts';

class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION';
  override readonly name = 'AssertionError';
}

function fail(message: unknown, fallback: string): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(typeof message === 'string' ? message : fallback);
}

function ok(value: unknown, message?: unknown): void {
  if (!(value as boolean)) fail(message, `The expression evaluated to a falsy value: ${inspect(value)}`);
}

const compare =
  (same: (first: unknown, second: unknown) => boolean, word: string) =>
  (first: unknown, second: unknown, message?: unknown) => {
    if (!same(first, second)) fail(message, `${inspect(first)} ${word} ${inspect(second)}`);
  };
const loose = (first: unknown, second: unknown): boolean => first == second;

export const assert = Object.assign(ok, {
  ok,
  AssertionError,
  fail: (message?: unknown) => fail(message, 'Failed'),
  equal: compare(loose, '=='),
  notEqual: compare((first, second) => !loose(first, second), '!='),
  strictEqual: compare(Object.is, '==='),
  notStrictEqual: compare((first, second) => !Object.is(first, second), '!=='),
  deepEqual: compare(isDeepStrictEqual, 'should equal'),
  deepStrictEqual: compare(isDeepStrictEqual, 'should equal'),
  notDeepStrictEqual: compare((first, second) => !isDeepStrictEqual(first, second), 'should not equal'),
});
