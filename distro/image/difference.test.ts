import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { firstDifference } from './difference.ts';
import { layout, sectorSize } from './partitions.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-difference-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function two(name: string, one: Buffer, other: Buffer): Promise<string> {
  const [first, second] = [join(folder, `one-${name}`), join(folder, `other-${name}`)];
  await writeFile(first, one);
  await writeFile(second, other);
  return firstDifference(first, second);
}

test('names the first byte that differs', async () => {
  expect(await two('list.json', Buffer.from('{"a":1}'), Buffer.from('{"a":2}'))).toBe('from byte 5 on');
});

test('names the partition of a disk', async () => {
  const start = layout.starts.esp * sectorSize;
  const disk = (text: string, at: number) => {
    const bytes = Buffer.alloc(start + 4096);
    bytes.write(text, at);
    return bytes;
  };
  expect(await two('a.raw', disk('x', start + 100), disk('y', start + 100))).toBe(
    `from byte ${start + 100} on, byte 100 of partition esp`,
  );
  expect(await two('b.raw', disk('x', 512), disk('y', 512))).toBe('from byte 512 on, the table of partitions');
});
