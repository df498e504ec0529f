import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomFrom, replay } from './write-log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-write-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

const flush = 1;
const fua = 2;
const discard = 4;

/** As QEMU writes it: a super block, then for each entry a sector of numbers and its data. */
function log(...entries: readonly { at?: number; text?: string; flags?: number; zeros?: number }[]): Buffer {
  const sector = (values: readonly number[]) => {
    const bytes = Buffer.alloc(512);
    for (const [place, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), place * 8);
    return bytes;
  };
  const head = Buffer.alloc(512);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeUInt32LE(512, 24);
  return Buffer.concat([
    head,
    ...entries.flatMap(({ at = 0, text, flags = 0, zeros = 0 }) => {
      const data = text === undefined ? Buffer.alloc(0) : Buffer.alloc(4096, text);
      const length = text === undefined ? zeros : 4096;
      return [sector([at / 512, length / 512, flags, 0]), data];
    }),
  ]);
}

async function replayed(bytes: Buffer, random: () => number, end = bytes.length): Promise<string> {
  const [file, disk] = [join(folder, 'log'), join(folder, 'disk')];
  await writeFile(file, bytes);
  await writeFile(disk, Buffer.alloc(4 * 4096, '.'));
  await replay(file, disk, end, random);
  const content = await readFile(disk);
  return [0, 1, 2, 3].map((page) => String.fromCharCode(content[page * 4096] ?? 0)).join('');
}

const loses = () => 0;
const keeps = () => 1;

test('what a flush covers is there, whatever happens to the rest', async () => {
  const bytes = log({ at: 0, text: 'a' }, { at: 4096, text: 'b' }, { flags: flush }, { at: 0, text: 'c' });
  expect(await replayed(bytes, loses)).toBe('ab..');
  expect(await replayed(bytes, keeps)).toBe('cb..');
});

test('a write that asks to be kept is, and does not take others along', async () => {
  const bytes = log({ at: 0, text: 'a' }, { at: 4096, text: 'b', flags: fua }, { at: 8192, text: 'c' });
  expect(await replayed(bytes, loses)).toBe('.b..');
});

test('what is discarded is gone', async () => {
  const bytes = log({ at: 0, text: 'a' }, { at: 0, zeros: 8192, flags: discard }, { flags: flush });
  expect(await replayed(bytes, loses)).toBe('\0\0..');
});

test('stops at the moment of the cut, and in front of an entry that is not whole', async () => {
  const bytes = log({ at: 0, text: 'a' }, { flags: flush }, { at: 0, text: 'b' }, { flags: flush });
  const afterFirstFlush = 512 + (512 + 4096) + 512;
  expect(await replayed(bytes, keeps, afterFirstFlush)).toBe('a...');
  expect(await replayed(bytes, keeps, afterFirstFlush + 512 + 100)).toBe('a...');
  expect(await replayed(bytes, keeps, bytes.length - 512)).toBe('b...');
});

test('refuses what is no log', async () => {
  await expect(replayed(Buffer.alloc(1024), keeps)).rejects.toThrow('no log of writes');
});

test('chance is the same for the same seed', () => {
  const numbers = (seed: number) => Array.from({ length: 5 }, randomFrom(seed));
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  for (const number of numbers(3)) expect(number >= 0 && number < 1).toBe(true);
});
