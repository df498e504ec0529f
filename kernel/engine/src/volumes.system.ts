/** Snapshots of volumes for real, on the disk of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeTestbed, type TestEngine, type Testbed } from '../../../spec/testbed/index.ts';
import { importService, startInput } from './testing/service.ts';

jest.setTimeout(60_000);

let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
const service = 'alpha';
const name = 'before-2';
const volumes = () => join(bed.config.data, 'engine/volumes/alpha');
const snapshots = () => join(bed.config.data, 'engine/snapshots/alpha');

/** Names, owners, modes, times, links, attributes and contents of a tree, as one text. */
function fingerprint(folder: string): string {
  const listing = execFileSync('find', ['.', '-printf', '%P %y %U:%G %m %s %T@ %l %n\\n'], { cwd: folder });
  const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0r sha256sum'], { cwd: folder });
  return [...listing.toString().split('\n').sort(), sums.toString()].join('\n');
}

function fill(): void {
  const main = join(volumes(), 'data/main');
  writeFileSync(join(main, 'a'), 'first');
  mkdirSync(join(main, 'deep/er'), { recursive: true });
  writeFileSync(join(main, 'deep/er/b'), Buffer.alloc(300_000, 7));
  const shell = [
    'ln -sf /etc/passwd link; ln -f a hard; chown 999:998 deep; chmod 2770 deep; touch -d @1000000000 a',
    'truncate -s 50M sparse; mkfifo pipe; setfattr -n user.k -v v a 2>/dev/null || true',
  ].join(';');
  execFileSync('sh', ['-c', shell], { cwd: main });
}

beforeAll(async () => {
  bed = await makeTestbed();
  engine = await bed.startEngine();
  await call('host.prepare', {});
  await call('volume.create', { service, volume: 'main' });
  await call('volume.version.write', { service, version: '1.0:0' });
  fill();
}, 120_000);
afterAll(() => bed.close(), 60_000);

describe('a snapshot', () => {
  test('comes back byte-equal, with owners, modes, times, links and the data version', async () => {
    const before = fingerprint(volumes());
    const measured = await call('volume.measure', { service });
    expect(measured.bytes).toBeGreaterThan(300_000);
    // The hole in the sparse file costs nothing.
    expect(measured.bytes).toBeLessThan(10_000_000);
    expect(await call('volume.snapshot', { service, name })).toEqual(measured);
    expect(await call('volume.snapshot', { service, name })).toEqual(measured);
    const main = join(volumes(), 'data/main');
    writeFileSync(join(main, 'a'), 'second');
    rmSync(join(main, 'deep'), { recursive: true });
    await call('volume.create', { service, volume: 'another' });
    await call('volume.version.write', { service, version: '2.0:0' });
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    expect(await call('volume.version.read', { service })).toBe('1.0:0');
    // Asked again, as after a crash, it changes nothing.
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    await call('volume.drop', { service, name });
    expect(existsSync(snapshots())).toBe(false);
    await expect(call('volume.restore', { service, name })).rejects.toMatchObject({ code: 'engine.noSnapshot' });
  });

  test('comes back wherever an earlier restore was interrupted', async () => {
    const before = fingerprint(volumes());
    await call('volume.snapshot', { service, name });
    writeFileSync(join(volumes(), 'data/main/a'), 'second');
    renameSync(volumes(), join(snapshots(), `${name}.replaced`));
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    await call('volume.drop', { service, name });

    await call('volume.snapshot', { service, name });
    writeFileSync(join(volumes(), 'data/main/a'), 'second');
    renameSync(volumes(), join(snapshots(), `${name}.replaced`));
    renameSync(join(snapshots(), name), volumes());
    await call('volume.restore', { service, name });
    expect(fingerprint(volumes())).toBe(before);
    expect(existsSync(join(snapshots(), `${name}.replaced`))).toBe(false);
    await call('volume.drop', { service, name });
  });

  test('is taken and brought back only while the container is down, and goes with the volumes', async () => {
    await importService(bed, engine.client, service, 2);
    await call('container.start', startInput(service, 2));
    const running = { code: 'engine.serviceRunning' };
    await expect(call('volume.snapshot', { service, name })).rejects.toMatchObject(running);
    await call('container.stop', { service, killAfterMs: 0 });
    await call('volume.snapshot', { service, name });
    await call('container.start', startInput(service, 2));
    await expect(call('volume.restore', { service, name })).rejects.toMatchObject(running);
    await call('container.stop', { service, killAfterMs: 0 });
    await call('container.remove', { service });
    await call('volume.remove', { service });
    expect(existsSync(snapshots())).toBe(false);
  });
});
