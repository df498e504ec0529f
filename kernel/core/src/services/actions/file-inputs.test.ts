import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Places } from '@hearth/contract';
import { largestFile, placeFiles } from './file-inputs.ts';

let folder: string;
let places: Places;
const upload = 'ab'.repeat(16);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-files-'));
  places = { run: join(folder, 'run'), staging: join(folder, 'staging') } as Places;
  await mkdir(join(places.staging, 'uploads'), { recursive: true });
  await writeFile(join(places.staging, 'uploads', upload), 'hello');
});
afterEach(() => rm(folder, { recursive: true }));

const inside = () => readdir(join(places.run, 'rpc/app/files')).catch(() => []);

test('a file is where the script can read it while the action runs, and nowhere afterwards', async () => {
  const given = { name: 'x', deep: { file: { upload, name: 'Song.MP3' }, none: null }, list: [1] };
  const placed = await placeFiles(places, 'app', given);
  expect(placed.input).toEqual({
    name: 'x',
    deep: {
      file: {
        path: `/media/startos/rpc/files/${upload}.mp3`,
        // By b3sum.
        commitment: { hash: '6o8WPbOGgpJeRJHF5Y1Ls1Bu+MFOt4qG6QjFYkpnIA8=', size: 5 },
      },
      none: null,
    },
    list: [1],
  });
  expect(await readFile(join(places.run, 'rpc/app/files', `${upload}.mp3`), 'utf8')).toBe('hello');
  await placed.clear();
  expect([await inside(), await readdir(join(places.staging, 'uploads'))]).toEqual([[], []]);
});

test.each(['../../etc/passwd', 'x.sh;rm', 'no-extension', '.'.repeat(50)])(
  'a name like %j names nothing',
  async (name) => {
    const { input } = await placeFiles(places, 'app', { file: { upload, name } });
    expect(input).toMatchObject({ file: { path: `/media/startos/rpc/files/${upload}` } });
  },
);

test('what is not there, or too large, is refused, and nothing is left', async () => {
  const missing = { file: { upload: 'cd'.repeat(16) } };
  await expect(placeFiles(places, 'app', missing)).rejects.toMatchObject({ code: 'services.uploadMissing' });
  await truncate(join(places.staging, 'uploads', upload), largestFile + 1);
  await expect(placeFiles(places, 'app', { file: { upload } })).rejects.toMatchObject({
    code: 'services.fileTooLarge',
  });
  expect([await inside(), await readdir(join(places.staging, 'uploads'))]).toEqual([[], []]);
});

test('an input without files is left as it is', async () => {
  const input = { a: [{ b: 'c' }], upload: 'not an id' };
  expect((await placeFiles(places, 'app', input)).input).toEqual(input);
});
