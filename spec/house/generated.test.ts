/** What is generated is up to date, and everything that can go wrong is written down. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { generatedFiles } from '../../scripts/generate/files.ts';
import { root } from './tool.ts';

describe('generated files (npm run generate)', () => {
  let wanted: ReadonlyMap<string, string>;
  beforeAll(async () => {
    wanted = await generatedFiles();
  }, 60_000);
  test.each([
    'spec/50-errors.md',
    'spec/51-methods.md',
    'shell-ui/src/link/methods.gen.ts',
    'sdk/cli/src/methods.gen.ts',
    'sdk/kit/api.md',
    'spec/vectors/openrpc.json',
  ])('%s is what the tree says', async (path) => {
    expect(await readFile(join(root, path), 'utf8')).toBe(wanted.get(path));
  });
});
