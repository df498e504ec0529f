/** Every package in the pages for packagers compiles, loads, and declares a valid manifest. */
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { manifest as manifestSchema } from '@hearth/contract';
import { bundleScript } from './bundle.ts';

const root = resolve(import.meta.dirname, '../../../..');
const snippets = globSync('sdk/docs/*.md', { cwd: root }).flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, code = '']) => code)
    .filter((code) => code.includes('defineService('))
    .map((code): [string, string] => [page, code]),
);
let work: string;
beforeAll(async () => {
  await mkdir(join(root, 'out'), { recursive: true });
  work = await mkdtemp(join(root, 'out/docs-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

test('there are pages with packages', () => expect(snippets.length).toBeGreaterThanOrEqual(3));

test.each(snippets)('%s', async (_, code) => {
  const file = join(work, 'package.ts');
  await writeFile(file, code);
  const { manifest } = await bundleScript(file);
  expect(manifestSchema.parse(manifest).volumes).toEqual(['data']);
});
