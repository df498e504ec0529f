/** Volumes on every kind of disk an owner may have: what was put aside comes back byte for byte, and what it costs. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { fillDisk, makeTestbed, type TestEngine, type Testbed } from '../../../spec/testbed/index.ts';

jest.setTimeout(120_000);

const service = 'alpha';
const name = 'before-2';
const megabyte = 1024 * 1024;
const kinds = [
  { kind: 'btrfs', shared: true, subvolumes: true },
  { kind: 'xfs', shared: true, subvolumes: false },
  { kind: 'ext4', shared: false, subvolumes: false },
] as const;

/** Names, owners, modes, times, links and contents of a tree, as one text. */
function fingerprint(folder: string): string {
  const list = execFileSync('find', ['.', '-printf', '%P %y %U:%G %m %s %T@ %l\\n'], { cwd: folder });
  const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0r sha256sum'], { cwd: folder });
  return [
    ...list
      .toString()
      .split('\n')
      .filter((line) => !line.startsWith(' d '))
      .sort(),
    sums.toString(),
  ].join('\n');
}

describe.each(kinds)('on $kind', ({ kind, shared, subvolumes }) => {
  let bed: Testbed;
  let engine: TestEngine;
  const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
  const volumes = () => join(bed.config.data, 'engine/volumes', service);
  const snapshots = () => join(bed.config.data, 'engine/snapshots', service);
  const main = () => join(volumes(), 'data/main');
  const free = async () => (await call('host.usage', {})).diskFree;
  /** A subvolume has this number. */
  const isSubvolume = (path: string) => kind === 'btrfs' && statSync(path).ino === 256;

  beforeAll(async () => {
    bed = await makeTestbed({ disk: { kind, bytes: 512 * megabyte } });
    engine = await bed.startEngine();
    await call('host.prepare', {});
    await call('volume.create', { service, volume: 'main' });
    await call('volume.version.write', { service, version: '1.0:0' });
    execFileSync(
      'sh',
      ['-c', 'head -c 40M /dev/urandom >big; mkdir -p deep/er; echo b >deep/er/b; chown 999:998 deep; ln -s /etc x'],
      {
        cwd: main(),
      },
    );
    execFileSync('sync');
  });
  afterAll(() => bed.close());

  test('a service has a tree of its own, and what is put aside comes back', async () => {
    expect(isSubvolume(volumes())).toBe(subvolumes);
    const before = fingerprint(volumes());
    const roomBefore = await free();
    const measured = await call('volume.snapshot', { service, name });
    expect(measured.shared).toBe(shared);
    expect(measured.bytes).toBeGreaterThan(40 * megabyte);
    const cost = roomBefore - (await free());
    // What the plan shows is what it takes: as much again, or next to nothing.
    if (shared) expect(cost).toBeLessThan(8 * megabyte);
    else expect(cost).toBeGreaterThan(39 * megabyte);
    expect(isSubvolume(join(snapshots(), name))).toBe(subvolumes);
    writeFileSync(join(main(), 'big'), 'spoilt');
    rmSync(join(main(), 'deep'), { recursive: true });
    await call('volume.create', { service, volume: 'another' });
    await call('volume.version.write', { service, version: '2.0:0' });
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    await call('volume.drop', { service, name });
    expect(existsSync(snapshots())).toBe(false);
    expect(await call('volume.version.read', { service })).toBe('1.0:0');
  });

  test('a package that made subvolumes of its own loses nothing', async () => {
    if (kind === 'btrfs') execFileSync('btrfs', ['subvolume', 'create', join(main(), 'own')], { stdio: 'ignore' });
    else mkdirSync(join(main(), 'own'));
    writeFileSync(join(main(), 'own/file'), 'inside');
    const before = fingerprint(volumes());
    await call('volume.snapshot', { service, name });
    writeFileSync(join(main(), 'own/file'), 'spoilt');
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    await call('volume.drop', { service, name });
    rmSync(join(main(), 'own'), { recursive: true });
  });

  test('a disk that is full while it is put aside leaves nothing half done', async () => {
    const before = fingerprint(volumes());
    const room = fillDisk(bed.config.data);
    try {
      const answer = call('volume.snapshot', { service, name });
      if (shared) await answer.catch(() => undefined);
      else await expect(answer).rejects.toMatchObject({ code: 'engine.snapshotFailed' });
    } finally {
      room();
    }
    // Whether it was made or not: asked once more it is, and it is whole.
    await call('volume.snapshot', { service, name });
    writeFileSync(join(main(), 'deep/er/b'), 'spoilt');
    await call('volume.restore', { service, name });
    await call('volume.drop', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    expect(existsSync(snapshots())).toBe(false);
  });

  test('an engine that was killed on its way leaves nothing to the next', async () => {
    const before = fingerprint(volumes());
    // It copies for longer than it lives, where it copies at all.
    const going = call('volume.snapshot', { service, name }).catch(() => undefined);
    await engine.end('SIGKILL');
    await going;
    mkdirSync(join(snapshots(), '../.probe-left'), { recursive: true });
    mkdirSync(join(bed.config.data, 'engine/restores/restore-left/volumes'), { recursive: true });
    engine = await bed.startEngine();
    await call('host.prepare', {});
    expect(readdirSync(join(bed.config.data, 'engine/restores'))).toEqual([]);
    expect(readdirSync(join(snapshots(), '..')).filter((each) => each.startsWith('.'))).toEqual([]);
    await call('volume.drop', { service, name });
    expect(existsSync(snapshots())).toBe(false);
    expect(fingerprint(volumes())).toBe(before);
  });

  test('goes with its service', async () => {
    await call('volume.snapshot', { service, name });
    await call('volume.remove', { service });
    expect([existsSync(volumes()), existsSync(snapshots())]).toEqual([false, false]);
    expect(await call('volume.list', {})).toEqual([]);
  });
});
