/** The house stands: format, arrows and types hold for every file. */
import { expect, test } from '@jest/globals';
import { complaint, rooms } from './tool.ts';

test('every file is formatted', () => {
  expect(complaint('@biomejs/biome/bin/biome', 'format', '.')).toBe('');
}, 60_000);

test('every arrow between rooms is allowed', () => {
  const config = ['--config', '.dependency-cruiser.mjs'];
  expect(complaint('dependency-cruiser/bin/dependency-cruiser.mjs', ...config, ...rooms)).toBe('');
}, 120_000);

test('the types hold', () => {
  for (const project of ['.', 'shell-ui', 'sdk/plugin-kit'])
    expect(complaint('typescript7/bin/tsc', '-p', project)).toBe('');
}, 120_000);
