/** The specification and the code say the same: every error, every limit, both ways. And the portable entry is portable. */
import { readFileSync } from 'node:fs';
import { errorTables } from '@hearth/contract';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import './errors.ts';
import { limits } from './format/limits.ts';

const page = readFileSync(new URL('../../../spec/20-s9pk.md', import.meta.url), 'utf8');
const section = (number: number) => page.split(/^## /m).find((text) => text.startsWith(`${number}. `)) ?? '';
const firstCells = (text: string) => [...text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!);

test('every refusal is in the specification, and none that does not exist', () => {
  expect(firstCells(section(9)).toSorted()).toEqual(Object.keys(errorTables.get('s9pk')!).toSorted());
});

test('every limit is in the specification with its value', () => {
  const told = [...section(7).matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]);
  expect(Object.fromEntries(told)).toEqual({ ...limits });
});

test('the portable entry is free of Node', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => /s9pk\/src\/node\/|napi/.test(path))).toEqual([]);
  expect(inputs.some((path) => path.endsWith('blake3-portable.ts'))).toBe(true);
  expect(outputFiles[0]!.text).not.toMatch(/from"node:|require\("(node:)?fs/);
});

test('both BLAKE3 give the same digests', async () => {
  const native = await import('./node/blake3.ts');
  const portable = await import('./format/blake3-portable.ts');
  for (const length of [0, 1, 63, 64, 65, 1023, 1024, 1025, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
    const pieces = new native.Blake3();
    pieces.update(bytes.subarray(0, length >> 1));
    pieces.update(bytes.subarray(length >> 1));
    expect(pieces.digest()).toEqual(portable.blake3(bytes));
    expect(native.blake3(bytes)).toEqual(portable.blake3(bytes));
  }
});
