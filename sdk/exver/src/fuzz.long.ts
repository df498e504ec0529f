import { expect, test } from '@jest/globals';
import { fuzzTexts } from './testing/fuzz.ts';

test('8,000 mutants: no crash, no hang, nothing misread', () => {
  const read = fuzzTexts(0xe4e7, 8000);
  // The mutations are neither all harmless nor all fatal.
  expect(read).toBeGreaterThan(500);
  expect(read).toBeLessThan(7500);
});
