import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { launcherLives, readInstance, takeOver, writeInstance } from './instance.ts';

let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'hearth-instance-'));
  await mkdir(join(data, 'engine'));
});

afterEach(() => rm(data, { recursive: true, force: true }));

const mine = { address: 'https://localhost:8443', children: {} };

async function rewrite(change: object): Promise<void> {
  const file = join(data, 'engine/instance.json');
  await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), ...change }));
}

test('a second start beside one that lives is refused', async () => {
  await writeInstance(data, mine);
  await expect(takeOver(data)).rejects.toThrow(`Hearth already runs here (process ${process.pid})`);
});

test('a process that has the id of a launcher of an earlier boot is not that launcher, and is not ended', async () => {
  await writeInstance(data, mine);
  await rewrite({ born: '00000000-0000-0000-0000-000000000000 4711' });
  const found = await readInstance(data);
  expect(found?.launcher).toBe(process.pid);
  expect(found && (await launcherLives(found))).toBe(false);
  await takeOver(data);
  expect(await readInstance(data)).toBeNull();
});

test('a launcher that has gone is not in the way', async () => {
  await writeInstance(data, mine);
  await rewrite({ launcher: 2 ** 22 + 1 });
  await takeOver(data);
  expect(await readInstance(data)).toBeNull();
});
