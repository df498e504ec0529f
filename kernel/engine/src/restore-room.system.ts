/** A backup that is larger than the disk has room for is refused before anything is brought back. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fillDisk, makeTestbed, type TestEngine, type Testbed } from '../../../spec/testbed/index.ts';

jest.setTimeout(120_000);

const megabyte = 1024 * 1024;
const service = 'alpha';
let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
const access = () => ({
  repository: { kind: 'folder' as const, path: join(bed.scratch, 'repository') },
  password: 'correct horse',
});
const main = () => join(bed.config.data, 'engine/volumes', service, 'data/main');

beforeAll(async () => {
  bed = await makeTestbed({ disk: { kind: 'ext4', bytes: 512 * megabyte } });
  engine = await bed.startEngine();
  await call('host.prepare', {});
  await call('volume.create', { service, volume: 'main' });
  writeFileSync(join(main(), 'large'), randomBytes(20 * megabyte));
  mkdirSync(join(bed.config.data, 'packages', service), { recursive: true });
  writeFileSync(join(bed.config.data, 'packages', service, 'manifest.json'), '{}');
});
afterAll(() => bed.close());

test('with both numbers, and nothing on its way left', async () => {
  await call('backup.prepare', access());
  const pairs = [{ volume: 'main', subpath: '', destination: 'main', excludes: [] }];
  const files = [`packages/${service}/manifest.json`];
  const { snapshot } = await call('backup.create', { ...access(), service, pairs, files, tags: ['version=1.0'] });
  const kept = readFileSync(join(main(), 'large'));
  await call('volume.remove', { service });
  const undo = fillDisk(bed.config.data, 200 * megabyte);
  const input = { ...access(), service, snapshot };
  await expect(call('backup.restoreVolumes', input)).rejects.toMatchObject({
    code: 'engine.noRoomToRestore',
    data: { needed: expect.any(Number), free: expect.any(Number) },
  });
  expect(readdirSync(join(bed.config.data, 'engine/restores'))).toEqual([]);
  expect(existsSync(main())).toBe(false);
  undo();
  await call('backup.restoreVolumes', input);
  expect(readFileSync(join(main(), 'large')).equals(kept)).toBe(true);
});
