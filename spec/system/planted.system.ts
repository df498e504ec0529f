/**
 * What a container leaves for the machine to trip over: in its volumes, its logs, its subcontainers, on its socket. The
 * host reads, measures, copies, backs up and removes all of it as root, and touches nothing else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AbiBed, makeAbiBed } from './abi-bed.ts';
import { subcontainerScript } from './in-subcontainer.ts';

const minute = 60_000;
const word = `secret-${randomBytes(8).toString('hex')}`;
let abi: AbiBed;
/** On the machine: a file no container may read or change, and a folder none may add to. */
let secret: string;
let folder: string;
const call: AbiBed['engine']['client']['call'] = (...args) => abi.engine.client.call(...args);
const logs = (): string => join(abi.bed.config.data, 'engine/logs/abi');

function unharmed(): void {
  expect(readFileSync(secret, 'utf8')).toBe(word);
  expect(statSync(secret).mode & 0o777).toBe(0o644);
  expect(statSync(secret).uid).toBe(0);
  expect(readdirSync(folder)).toEqual(['kept']);
}

beforeAll(async () => {
  abi = await makeAbiBed(subcontainerScript);
  folder = join(abi.bed.scratch, 'planted-target');
  mkdirSync(folder);
  writeFileSync(join(folder, 'kept'), 'kept');
  secret = join(abi.bed.scratch, 'planted-secret.txt');
  writeFileSync(secret, word, { mode: 0o644 });
  await abi.host.request('init', { id: 'event-init-01', kind: null });
  abi.inside(
    'sh',
    '-c',
    `cd /media/startos/volumes/main && ln -s ${secret} link && ln -s ${folder} linked && ln -s / root && ln -s ../../../../../.. up
     mkfifo pipe && perl -e 'use IO::Socket::UNIX; IO::Socket::UNIX->new(Local => "socket", Listen => 1)'
     perl -e 'mkdir "deep"; chdir "deep"; for (1 .. 150) { mkdir "d"; chdir "d" } open F, ">", "end"'
     touch -- "$(printf 'a\\nb')" '-rf' '--checkpoint=1' "$(printf '\\377\\376')" && echo text > plain && ln plain again
     cp /usr/bin/id setuid && chmod 6755 setuid && perl -e 'open F, ">", "sparse"; truncate F, 1 << 40'
     chmod 000 plain; chown 12345:54321 again; mkdir closed && chmod 000 closed`,
  );
  abi.inside(
    'sh',
    '-c',
    `cd /var/log/hearth && ln -s ${secret} evil.log && ln -s ${folder} linked.log && mkfifo pipe.log && mkdir folder.log
     echo one > mine.log; ln mine.log hard.log; perl -e 'open F, ">", "huge.log"; truncate F, 1 << 40'
     printf '{"t":1e999,"s":"x","m":"forged"}\\n{"m":' > forged.log; touch "$(printf 'a\\nb.log')" -- '-rf.log'
     perl -e 'open F, ">", "long.log"; print F "x" x 3000000'; perl -e 'for (1 .. 3000) { open F, ">", "many$_.log" }'`,
  );
}, 3 * minute);
afterAll(() => abi.close(), 2 * minute);

test(
  'logs are read within bounds, and of files of its own only',
  async () => {
    const { entries } = await call('log.read', { service: 'abi', after: null, limit: 5000 });
    expect(JSON.stringify(entries)).not.toContain(word);
    expect(entries.length).toBeLessThanOrEqual(5000);
    expect(Math.max(...entries.map(({ text }) => text.length))).toBeLessThanOrEqual(16_384);
    expect(entries.every(({ time }) => Number.isFinite(time))).toBe(true);
    unharmed();
  },
  minute,
);

test.each(['link', 'linked', 'root/etc', 'up', 'linked/new', 'pipe', 'socket'])(
  'the part "%s" of a volume is bound nowhere',
  async (subpath) => {
    const source = { service: 'abi', volume: 'main', subpath, readonly: false, idmap: [] };
    await expect(call('mount.attach', { service: 'abi', location: '/mnt/here', source })).rejects.toMatchObject({
      code: expect.stringMatching(/^engine\.(pathIsLink|pathNotFolder|pathMissing|pathEscapes)$/),
    });
    unharmed();
  },
);

test(
  'a place in a subcontainer that leads out of it is none',
  async () => {
    const guid = 'planted-0001';
    await call('subcontainer.create', { service: 'abi', image: 'main', guid });
    const root = `/media/startos/subcontainers/${guid}`;
    abi.inside(
      'sh',
      '-c',
      `ln -s ${folder} ${root}/trap; ln -s /media/startos ${root}/inner; rm -r ${root}/tmp; ln -s / ${root}/tmp`,
    );
    const source = { service: 'abi', volume: 'main', subpath: 'deep', readonly: false, idmap: [] };
    for (const at of ['trap', 'trap/x', 'inner/rpc', 'tmp/etc', '../../../../etc'])
      await expect(call('mount.attach', { service: 'abi', location: `${root}/${at}`, source })).rejects.toMatchObject({
        code: expect.stringMatching(/^engine\./),
      });
    await call('subcontainer.destroy', { service: 'abi', guid });
    unharmed();
  },
  minute,
);

test(
  'what is measured, put aside and brought back is what was there, links as links',
  async () => {
    const measured = await call('volume.measure', { service: 'abi' });
    expect(measured.bytes).toBeLessThan(64 * 1024 ** 2);
    await call('container.stop', { service: 'abi', killAfterMs: 5000 });
    const taken = await call('volume.snapshot', { service: 'abi', name: 'planted' });
    expect(taken.bytes).toBeLessThan(64 * 1024 ** 2);
    await call('volume.restore', { service: 'abi', name: 'planted' });
    await call('volume.drop', { service: 'abi', name: null });
    expect(readlinkSync(join(abi.volume, 'link'))).toBe(secret);
    expect(lstatSync(join(abi.volume, 'linked')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(abi.volume, 'pipe')).isFIFO()).toBe(true);
    unharmed();
  },
  2 * minute,
);

test(
  'a backup holds links as links, waits for no pipe, and is restored the same',
  async () => {
    // A terabyte of nothing takes restic an hour to read: nobody waits for that here.
    execFileSync('rm', [join(abi.volume, 'sparse')]);
    const repository = { kind: 'folder' as const, path: join(abi.bed.scratch, 'planted-repository') };
    const access = { repository, password: 'planted' };
    await call('backup.prepare', access);
    const { snapshot } = await call('backup.create', {
      ...access,
      service: 'abi',
      pairs: [{ volume: 'main', subpath: '', destination: 'volumes/main', excludes: [] }],
      files: [],
      tags: [],
    });
    await call('volume.remove', { service: 'abi' });
    await call('backup.restoreVolumes', { ...access, service: 'abi', snapshot });
    expect(readlinkSync(join(abi.volume, 'link'))).toBe(secret);
    const found = spawnSync('grep', ['-rls', '--', word, abi.volume, repository.path], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
    unharmed();
  },
  2 * minute,
);

test(
  'a start bounds the logs, and a removal takes what is its own and nothing else',
  async () => {
    const state = await call('container.start', {
      ...{ service: 'abi', index: 2, revision: 'cd'.repeat(16), volumes: ['main'], images: ['main'] },
      limits: { memory: 1024 ** 3, cpuWeight: 100, pids: 400 },
      ...{ devices: { fuse: false, tun: false }, language: 'en_US.UTF-8' },
    });
    expect(state.state).toBe('running');
    expect(statSync(join(logs(), 'huge.log')).size).toBe(0);
    expect(readFileSync(join(logs(), 'mine.log'), 'utf8')).toBe('one\n');
    unharmed();
    await call('container.stop', { service: 'abi', killAfterMs: 5000 });
    await call('container.remove', { service: 'abi' });
    await call('volume.remove', { service: 'abi' });
    expect([existsSync(logs()), existsSync(abi.volume)]).toEqual([false, false]);
    unharmed();
  },
  2 * minute,
);
