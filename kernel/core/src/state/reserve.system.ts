/** The journal on a disk that others have filled. */
import { statfsSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fillDisk, mountDisk, unmountDisk } from '../../../../spec/testbed/index.ts';
import { LevelJournal } from './level-journal.ts';
import { withReserve } from './reserve.ts';

const megabyte = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'hearth-reserve-'));
const disk = join(folder, 'disk');
const file = join(disk, 'kernel/reserve');
let seq = 0;
const row = (text: string) => ({
  seq: ++seq,
  at: 1,
  slice: 'notes',
  reason: 'write',
  ops: [[['notes', String(seq)], text]] as never,
});

beforeAll(() => {
  mountDisk({ kind: 'ext4', bytes: 128 * megabyte }, disk, join(folder, 'image'));
  mkdirSync(join(disk, 'kernel'));
});
afterAll(() => {
  unmountDisk(disk);
  rmSync(folder, { recursive: true });
});

test('goes on writing on a full disk, and takes the room back when there is plenty', async () => {
  const journal = withReserve(new LevelJournal(join(disk, 'kernel/journal')), file, 8 * megabyte);
  await journal.open();
  await journal.append([row('first')]);
  const whole = (): boolean => existsSync(file) && statSync(file).size === 8 * megabyte;
  for (let look = 0; !whole() && look < 200; look++) await new Promise((resolve) => setTimeout(resolve, 20));
  const undo = fillDisk(disk);
  expect(statfsSync(disk).bavail).toBe(0);
  // More than what any file system leaves over in the last block of a file.
  const texts = Array.from({ length: 40 }, (_, place) => `${place}${'x'.repeat(64 * 1024)}`);
  for (const text of texts) await journal.append([row(text)]);
  expect(existsSync(file)).toBe(false);
  await journal.close();
  undo();
  const next = withReserve(new LevelJournal(join(disk, 'kernel/journal')), file, 8 * megabyte);
  expect((await next.open()).rows).toHaveLength(41);
  await next.append([row('last')]);
  await next.close();
  expect(existsSync(file)).toBe(true);
});

test('without any room it says so, and goes on as soon as there is some', async () => {
  const journal = withReserve(new LevelJournal(join(disk, 'kernel/other')), join(disk, 'kernel/none'), 512 * megabyte);
  await journal.open();
  seq = 0;
  await journal.append([row('first')]);
  const undo = fillDisk(disk);
  const filling = async (): Promise<void> => {
    for (let place = 0; place < 40; place++) await journal.append([row('x'.repeat(64 * 1024))]);
  };
  await expect(filling()).rejects.toThrow();
  undo();
  seq -= 1;
  await journal.append([row('again')]);
  await journal.close();
});
