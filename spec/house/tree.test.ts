/** The house stands: format, lint, arrows and types hold for every file. */
import { expect, test } from '@jest/globals';
import { tool } from './tool.ts';

const folders = ['kernel', 'plugins', 'sdk', 'distro', 'spec', 'scripts', 'shell-ui'];

/** What the tool had to say, if it was not content. */
function complaint(script: string, ...args: string[]): string {
  const { code, said } = tool(script, ...args);
  return code === 0 ? '' : said;
}

test('every file is formatted', () => {
  expect(complaint('@biomejs/biome/bin/biome', 'format', '.')).toBe('');
}, 60_000);

test('nothing is wrong to the linter', () => {
  const cache = ['--cache', '--cache-location', 'node_modules/.cache/eslint'];
  expect(complaint('eslint/bin/eslint.js', ...cache, ...folders)).toBe('');
}, 180_000);

test('every arrow between rooms is allowed', () => {
  const config = ['--config', '.dependency-cruiser.mjs'];
  expect(complaint('dependency-cruiser/bin/dependency-cruiser.mjs', ...config, ...folders)).toBe('');
}, 120_000);

test('the types hold', () => {
  for (const project of ['.', 'shell-ui']) expect(complaint('typescript7/bin/tsc', '-p', project)).toBe('');
}, 120_000);
