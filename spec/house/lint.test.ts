/** Apart from the other tools, so that both cores have something to do. */
import { expect, test } from '@jest/globals';
import { complaint, rooms } from './tool.ts';

test('nothing is wrong to the linter', () => {
  const cache = ['--cache', '--cache-location', 'node_modules/.cache/eslint'];
  expect(complaint('eslint/bin/eslint.js', ...cache, ...rooms)).toBe('');
}, 180_000);
