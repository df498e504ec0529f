/** Backups with restic, and imports of images that are not what they should be. */
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineInput } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type TestEngine, type Testbed, makeTestbed, stageSquashfs } from '../../../spec/testbed/index.ts';

// Generous: the machine may be busy with other suites.
jest.setTimeout(60_000);

let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
const access = () => ({
  repository: { kind: 'folder' as const, path: join(bed.scratch, 'repository') },
  password: 'correct horse',
});
const volume = (name: string) => join(bed.config.data, 'engine/volumes/alpha/data', name);
const create = (extra: Partial<EngineInput<'backup.create'>> = {}) => ({
  ...access(),
  service: 'alpha',
  pairs: [{ volume: 'main', subpath: '', destination: 'main', excludes: ['/cache', '*.tmp'] }],
  files: ['packages/alpha/manifest.json'],
  tags: ['version=1.0'],
  ...extra,
});

beforeAll(async () => {
  bed = await makeTestbed();
  engine = await bed.startEngine();
  await call('host.prepare', {});
  for (const name of ['main', 'other', 'BACKUP']) await call('volume.create', { service: 'alpha', volume: name });
  const main = volume('main');
  writeFileSync(join(main, 'large'), Buffer.alloc(3_000_000, 1));
  for (const folder of ['deep/er', 'cache']) mkdirSync(join(main, folder), { recursive: true });
  for (const file of ['deep/er/owned', 'deep/x.tmp', 'cache/y', 'deep/cost $HOME'])
    writeFileSync(join(main, file), file);
  chownSync(join(main, 'deep/er/owned'), 999, 33);
  symlinkSync('/etc/passwd', join(main, 'link'));
  writeFileSync(join(volume('BACKUP'), 'dump.sql'), 'select 1');
  mkdirSync(join(bed.config.data, 'packages/alpha'), { recursive: true });
  writeFileSync(join(bed.config.data, 'packages/alpha/manifest.json'), '{}');
}, 120_000);
afterAll(() => bed.close(), 60_000);

describe('a repository', () => {
  test('is made once; a wrong password and a folder without one are told apart', async () => {
    await expect(call('backup.list', access())).rejects.toMatchObject({ code: 'engine.repositoryMissing' });
    expect(await call('backup.prepare', access())).toEqual({ created: true });
    expect(await call('backup.prepare', access())).toEqual({ created: false });
    expect(JSON.parse(readFileSync(join(access().repository.path, 'config')).length > 0 ? '1' : '0')).toBe(1);
    await expect(call('backup.list', { ...access(), password: 'wrong' })).rejects.toMatchObject({
      code: 'engine.repositoryPassword',
    });
    expect(await call('backup.list', access())).toEqual([]);
  });

  test.each([
    ['/', 'the whole machine'],
    ['/etc/backups', 'a system folder'],
    ['/run/x', 'backups are kept in'],
    ['/home/somebody/.ssh', 'backups are kept in'],
  ])('may not be %s', async (path, why) => {
    const repository = { kind: 'folder' as const, path };
    await expect(call('backup.prepare', { ...access(), repository })).rejects.toMatchObject({
      code: 'engine.repositoryForbidden',
      message: expect.stringContaining(why),
    });
  });

  test('may not be a folder with something else in it', async () => {
    const path = join(bed.scratch, 'documents');
    mkdirSync(path);
    writeFileSync(join(path, 'letter'), '');
    const repository = { kind: 'folder' as const, path };
    await expect(call('backup.prepare', { ...access(), repository })).rejects.toMatchObject({
      code: 'engine.repositoryForbidden',
    });
    expect(readdirSync(path)).toEqual(['letter']);
  });

  test('may not lie in, hold, or link to a folder of ours', async () => {
    const link = join(bed.scratch, 'link');
    symlinkSync(bed.config.data, link);
    const paths = [
      join(bed.config.data, 'x/y'),
      join(link, 'x'),
      join(bed.config.data, '..'),
      join(bed.scratch, '../data/z'),
    ];
    for (const path of paths) {
      const repository = { kind: 'folder' as const, path };
      await expect(call('backup.prepare', { ...access(), repository })).rejects.toMatchObject({
        code: 'engine.repositoryForbidden',
      });
    }
  });
});

describe('a backup', () => {
  test('holds volumes and files, leaves out what was excluded, and the second adds next to nothing', async () => {
    const progress: [number, number | null][] = [];
    const first = await call('backup.create', create(), { onProgress: (done, total) => progress.push([done, total]) });
    expect(first.processed).toBeGreaterThan(3_000_000);
    expect(progress.at(-1)).toEqual([first.processed, first.processed]);
    const second = await call('backup.create', create({ tags: ['version=1.1'] }));
    expect(second.added).toBeLessThan(20_000);
    const list = await call('backup.list', access());
    expect(list.map(({ id, service, tags }) => [id, service, tags])).toEqual([
      [first.snapshot, 'alpha', ['version=1.0']],
      [second.snapshot, 'alpha', ['version=1.1']],
    ]);
    expect(readdirSync(join(bed.config.run, 'backups'))).toEqual([]);
    expect(readdirSync(join(bed.config.data, 'engine/restores'))).toEqual([]);
  });

  test('comes back with its ids, only into empty volumes, only of the same service', async () => {
    const snapshot = (await call('backup.list', access()))[0]!.id;
    const input = { ...access(), service: 'alpha', snapshot };
    await expect(call('backup.restoreVolumes', input)).rejects.toMatchObject({ code: 'engine.volumeNotEmpty' });
    await expect(call('backup.restoreVolumes', { ...input, service: 'beta' })).rejects.toMatchObject({
      code: 'engine.snapshotOfAnother',
    });
    await expect(call('backup.restoreVolumes', { ...input, snapshot: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'engine.snapshotMissing',
    });
    await call('volume.remove', { service: 'alpha' });
    await call('volume.create', { service: 'alpha', volume: 'main' });
    await call('backup.restoreVolumes', input);
    const main = volume('main');
    expect(statSync(join(main, 'large')).size).toBe(3_000_000);
    expect(statSync(join(main, 'deep/er/owned'))).toMatchObject({ uid: 999, gid: 33 });
    expect(readFileSync(join(main, 'deep/cost $HOME'), 'utf8')).toBe('deep/cost $HOME');
    expect(existsSync(join(main, 'link'))).toBe(true);
    for (const path of ['cache', 'deep/x.tmp']) expect(existsSync(join(main, path))).toBe(false);
    expect((await call('volume.list', {})).map((found) => found.volume)).toEqual(['BACKUP', 'main']);
    expect(readFileSync(join(volume('BACKUP'), 'dump.sql'), 'utf8')).toBe('select 1');
    await call('backup.restoreFiles', { ...access(), snapshot, destination: 'restored/here' });
    const file = join(bed.config.data, 'staging/restored/here/packages/alpha/manifest.json');
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect(statSync(file).uid).toBe(bed.config.user.uid);
  });

  test('can be cancelled; the repository is free again, and its password stands in no process', async () => {
    writeFileSync(
      join(volume('main'), 'huge'),
      execFileSync('head', ['-c', '60000000', '/dev/urandom'], { maxBuffer: 1e8 }),
    );
    const controller = new AbortController();
    const running = call('backup.create', create(), { signal: controller.signal });
    running.catch(() => undefined);
    let seen = false;
    for (let tries = 0; !seen && tries < 200; tries += 1) {
      const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      for (const pid of pids) {
        const command = tryRead(`/proc/${pid}/cmdline`);
        if (!command.includes('restic') || !command.includes('backup\0')) continue;
        seen = true;
        expect(command + tryRead(`/proc/${pid}/environ`)).not.toContain('correct horse');
      }
      await delay(20);
    }
    expect(seen).toBe(true);
    controller.abort();
    await expect(running).rejects.toMatchObject({ kind: 'CANCELLED' });
    expect(await call('backup.list', access())).toHaveLength(2);
    expect(readdirSync(join(access().repository.path, 'locks'))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(join(bed.config.run, 'backups'));
    rmSync(join(volume('main'), 'huge'));
  });

  test('a check says whether the repository is whole', async () => {
    expect(await call('backup.check', { ...access(), percent: 100 })).toMatchObject({ good: true });
    const packs = join(access().repository.path, 'data');
    const [folder] = readdirSync(packs).filter((name) => readdirSync(join(packs, name)).length > 0);
    const [pack] = readdirSync(join(packs, folder!));
    truncateSync(join(packs, folder!, pack!), 100);
    expect(await call('backup.check', { ...access(), percent: 0 })).toMatchObject({ good: false });
  }, 300_000);
});

describe('image.import', () => {
  const part = {
    service: 'gamma',
    index: 4,
    revision: 'cd'.repeat(16),
    kind: 'image',
    name: 'main',
    config: null,
    environment: null,
  } as const;

  test('refuses what is no squashfs, and leaves nothing', async () => {
    const file = join(bed.config.data, 'staging/noise');
    writeFileSync(file, Buffer.alloc(100_000, 7));
    await expect(call('image.import', { ...part, archive: 'noise' })).rejects.toMatchObject({
      code: 'engine.imageRefused',
    });
    expect(await call('image.list', {})).toEqual([]);
    await expect(call('image.import', { ...part, archive: 'missing' })).rejects.toMatchObject({
      code: 'engine.pathMissing',
    });
    symlinkSync('/etc/passwd', join(bed.config.data, 'staging/link'));
    await expect(call('image.import', { ...part, archive: 'link' })).rejects.toMatchObject({
      code: 'engine.pathIsLink',
    });
  });

  test('refuses a bomb', async () => {
    const folder = join(bed.scratch, 'bomb');
    mkdirSync(folder);
    execFileSync('truncate', ['-s', '3G', join(folder, 'zeros')]);
    const archive = stageSquashfs(bed.config, folder, 'bomb');
    await expect(call('image.import', { ...part, archive })).rejects.toMatchObject({
      code: 'engine.imageRefused',
      message: expect.stringContaining('bytes unpacked'),
    });
  });

  test('what a version before was made of is not made again; others are, and each goes by itself', async () => {
    const folder = join(bed.scratch, 'same-image');
    mkdirSync(folder);
    writeFileSync(join(folder, 'program'), 'one');
    const first = stageSquashfs(bed.config, folder, 'same');
    const file = (revision: string, service: string = part.service) =>
      join(bed.config.data, 'engine/images', service, revision, 'images/main.squashfs');
    const [before, after, other] = ['ab'.repeat(16), 'ac'.repeat(16), 'ad'.repeat(16)] as const;
    const made = await call('image.import', { ...part, archive: first, revision: before, config: '{"user":"a"}' });
    expect(await call('image.import', { ...part, archive: first, revision: after, config: '{"user":"b"}' })).toEqual(
      made,
    );
    expect(statSync(file(after)).ino).toBe(statSync(file(before)).ino);
    // Its settings are its own.
    expect(tryRead(file(after).replace('.squashfs', '.json'))).toBe('{"user":"b"}');
    writeFileSync(join(folder, 'program'), 'two');
    const second = stageSquashfs(bed.config, folder, 'same-but-one');
    await call('image.import', { ...part, archive: second, revision: other });
    expect(statSync(file(other)).ino).not.toBe(statSync(file(before)).ino);
    // Another service has other ids, and its own image.
    await call('image.import', { ...part, archive: first, service: 'delta', index: 5, revision: before });
    expect(statSync(file(before, 'delta')).ino).not.toBe(statSync(file(before)).ino);
    await call('image.remove', { service: part.service, revision: before });
    expect(statSync(file(after)).size).toBe(made.bytes);
    for (const service of ['gamma', 'delta']) await call('image.remove', { service, revision: null });
    expect(await call('image.list', {})).toEqual([]);
  });

  test('the programs that read it have no rights, no network and an id of their own; it can be cancelled', async () => {
    const folder = join(bed.scratch, 'large-image');
    mkdirSync(folder);
    writeFileSync(join(folder, 'noise'), execFileSync('head', ['-c', '60000000', '/dev/urandom'], { maxBuffer: 1e8 }));
    const archive = stageSquashfs(bed.config, folder, 'large');
    const controller = new AbortController();
    const running = call('image.import', { ...part, archive }, { signal: controller.signal });
    running.catch(() => undefined);
    let status = '';
    for (let tries = 0; status === '' && tries < 500; tries += 1) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        if (tryRead(`/proc/${pid}/cmdline`).startsWith('sqfs2tar')) status = tryRead(`/proc/${pid}/status`);
      }
      await delay(5);
    }
    expect(status).toMatch(new RegExp(`^Uid:\\t${bed.config.ids.first + 4}\\t`, 'm'));
    expect(status).toMatch(/^CapPrm:\t0000000000000000$/m);
    expect(status).toMatch(/^CapBnd:\t0000000000000000$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    controller.abort();
    await expect(running).rejects.toMatchObject({ kind: 'CANCELLED' });
    expect(await call('image.list', {})).toEqual([]);
  });
});

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
