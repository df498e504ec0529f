/** The house stands: format, lint, arrows and types hold for every file. */
import { expect, test } from '@jest/globals';
import { tool } from './tool.ts';

const clean = { code: 0, said: expect.any(String) as unknown as string };

test('every file is formatted', () => {
  expect(tool('@biomejs/biome/bin/biome', 'format', '.')).toEqual(clean);
}, 60_000);

test('nothing is wrong to the linter', () => {
  const folders = ['kernel', 'plugins', 'sdk', 'distro', 'spec', 'scripts', 'shell-ui'];
  expect(tool('eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint', ...folders)).toEqual(
    clean,
  );
}, 180_000);

test('every arrow between rooms is allowed', () => {
  const folders = ['kernel', 'plugins', 'sdk', 'distro', 'spec', 'scripts', 'shell-ui'];
  expect(
    tool('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.mjs', ...folders),
  ).toEqual(clean);
}, 120_000);

test('the types hold', () => {
  expect(tool('typescript7/bin/tsc', '-p', '.')).toEqual(clean);
  expect(tool('typescript7/bin/tsc', '-p', 'shell-ui')).toEqual(clean);
}, 120_000);
