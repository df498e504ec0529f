import { expect, test } from '@jest/globals';
import { freeStart } from './account.ts';

test('freeStart() steps over every block in the way, aligned to 65,536', () => {
  expect(freeStart([], 65536)).toBe(16 * 65536);
  const start = freeStart(
    [
      { first: 100000, count: 65536 * 40 },
      { first: 10_000_000, count: 1000 },
    ],
    8_000_000,
  );
  expect(start % 65536).toBe(0);
  expect(start).toBeGreaterThanOrEqual(10_001_000);
});
