/** `assert`. */
import { inspect } from './inspect.ts';
import { refusingAll } from './refused.ts';
import { isDeepStrictEqual } from './util.ts';

interface Details {
  readonly message?: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator?: string;
}
type Work = () => unknown;

class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION';
  override readonly name = 'AssertionError';
  readonly generatedMessage: boolean;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string | undefined;

  constructor({ message, actual, expected, operator }: Details) {
    super(message ?? `${inspect(actual)} ${operator ?? ''} ${inspect(expected)}`);
    this.generatedMessage = message === undefined;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

function fail(message: unknown, details: Details): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message === undefined ? details : { ...details, message: message as string });
}

function ok(value: unknown, message?: unknown): void {
  if (value as boolean) return;
  const fallback = `The expression evaluated to a falsy value: ${inspect(value)}`;
  fail(message ?? fallback, { actual: value, expected: true, operator: '==' });
}

const compare =
  (same: (first: unknown, second: unknown) => boolean, operator: string) =>
  (actual: unknown, expected: unknown, message?: unknown) => {
    if (!same(actual, expected)) fail(message, { actual, expected, operator });
  };
const loose = (first: unknown, second: unknown): boolean => first == second || Object.is(first, second);
const not =
  (same: (first: unknown, second: unknown) => boolean) =>
  (first: unknown, second: unknown): boolean =>
    !same(first, second);

/** Against a class, a pattern for its words, an object of members, or a function that judges. */
function matches(error: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return wanted.test(String(error));
  if (typeof wanted === 'function') {
    const made = wanted as { prototype?: object } & ((error: unknown) => unknown);
    if (made.prototype !== undefined && error instanceof (made as unknown as new () => object)) return true;
    if (made === Error || made.prototype instanceof Error) return false;
    return made(error) === true;
  }
  return Object.entries(wanted as object).every(([name, value]) => {
    const found = (error as Record<string, unknown> | null)?.[name];
    return value instanceof RegExp && typeof found === 'string' ? value.test(found) : isDeepStrictEqual(found, value);
  });
}

function judge(error: unknown, wanted: unknown, message: unknown, operator: string): void {
  if (wanted === undefined || typeof wanted === 'string' || matches(error, wanted)) return;
  if (typeof wanted !== 'object') throw error;
  fail(message, { actual: error, expected: wanted, operator });
}

function throws(work: Work, wanted?: unknown, message?: unknown): void {
  let error: unknown;
  try {
    work();
  } catch (thrown) {
    error = thrown;
    return judge(error, wanted, message, 'throws');
  }
  const words = typeof wanted === 'string' ? wanted : message;
  fail(words ?? 'Missing expected exception.', { actual: undefined, expected: wanted, operator: 'throws' });
}

async function rejects(work: Work | Promise<unknown>, wanted?: unknown, message?: unknown): Promise<void> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return judge(error, wanted, message, 'rejects');
  }
  const words = typeof wanted === 'string' ? wanted : message;
  fail(words ?? 'Missing expected rejection.', { actual: undefined, expected: wanted, operator: 'rejects' });
}

function unwanted(error: unknown, operator: string): never {
  const words = error instanceof Error ? error.message : inspect(error);
  const kind = operator === 'doesNotThrow' ? 'exception' : 'rejection';
  return fail(`Got unwanted ${kind}.\nActual message: "${words}"`, { actual: error, operator });
}

const match = (wanted: boolean) => (text: unknown, pattern: RegExp, message?: unknown) => {
  const found = typeof text === 'string' && pattern.test(text);
  if (found !== wanted) fail(message, { actual: text, expected: pattern, operator: wanted ? 'match' : 'doesNotMatch' });
};

const members = {
  ...refusingAll('assert', 'partialDeepStrictEqual Assert'),
  ok,
  AssertionError,
  fail: (message?: unknown) => fail(message ?? 'Failed', { operator: 'fail' }),
  strictEqual: compare(Object.is, 'strictEqual'),
  notStrictEqual: compare(not(Object.is), 'notStrictEqual'),
  deepStrictEqual: compare(isDeepStrictEqual, 'deepStrictEqual'),
  notDeepStrictEqual: compare(not(isDeepStrictEqual), 'notDeepStrictEqual'),
  throws,
  rejects,
  doesNotThrow: (work: Work) => {
    try {
      work();
    } catch (error) {
      unwanted(error, 'doesNotThrow');
    }
  },
  doesNotReject: async (work: Work | Promise<unknown>) => {
    try {
      await (typeof work === 'function' ? work() : work);
    } catch (error) {
      unwanted(error, 'doesNotReject');
    }
  },
  ifError: (value: unknown) => {
    if (value === null || value === undefined) return;
    const words = value instanceof Error ? value.message : inspect(value);
    fail(`ifError got unwanted exception: ${words}`, { actual: value, expected: null, operator: 'ifError' });
  },
  match: match(true),
  doesNotMatch: match(false),
};

const strict = Object.assign((value: unknown, message?: unknown) => ok(value, message), members, {
  equal: members.strictEqual,
  notEqual: members.notStrictEqual,
  deepEqual: members.deepStrictEqual,
  notDeepEqual: members.notDeepStrictEqual,
});
Object.assign(strict, { strict });

export const strictAssert = strict;
export const assert = Object.assign((value: unknown, message?: unknown) => ok(value, message), members, {
  equal: compare(loose, '=='),
  notEqual: compare(not(loose), '!='),
  deepEqual: compare(isDeepStrictEqual, 'deepEqual'),
  notDeepEqual: compare(not(isDeepStrictEqual), 'notDeepEqual'),
  strict,
});
