/** Containers for real: LXC, crun, mounts, adoption. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type TestEngine, type Testbed, makeTestbed } from '../../../spec/testbed/index.ts';
import { wantedDevices } from './containers/devices.ts';
import { importService, inside, insideCrun, runCrun, startInput } from './testing/service.ts';

// Generous: the machine may be busy with other suites.
jest.setTimeout(60_000);

let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
const attach = (location: string, subpath: string, readonly = false, volume = 'main') => ({
  service: 'alpha',
  location,
  source: { service: 'alpha', volume, subpath, readonly, idmap: [] },
});
const subcontainers = '/media/startos/subcontainers';
const volume = () => join(bed.config.data, 'engine/volumes/alpha/data/main');

beforeAll(async () => {
  bed = await makeTestbed();
  engine = await bed.startEngine();
  await call('host.prepare', {});
  await importService(bed, engine.client, 'alpha', 2);
}, 120_000);
afterAll(() => bed.close(), 60_000);

describe('a container', () => {
  test('starts unprivileged, with its ids, address and paths; asking again changes nothing', async () => {
    const state = await call('container.start', startInput('alpha', 2));
    expect(state).toMatchObject({ service: 'alpha', index: 2, state: 'running' });
    expect(await call('container.start', startInput('alpha', 2))).toEqual(state);
    expect(await call('container.list', {})).toEqual([state]);
    const base = bed.config.ids.first + 65_536;
    expect(readFileSync(`/proc/${state.pid}/uid_map`, 'utf8').trim().split(/\s+/)).toEqual(['0', `${base}`, '65536']);
    expect(readFileSync(`/proc/${state.pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m);
    const list = execFileSync('lxc-ls', ['-P', bed.config.lxcPath, '-f', '-F', 'NAME,STATE,UNPRIVILEGED'], {
      encoding: 'utf8',
    });
    expect(list).toMatch(new RegExp(`${bed.config.containerPrefix}alpha\\s+RUNNING\\s+true`));
    expect(inside(bed, 'alpha', 'ip', '-4', '-brief', 'address', 'show', 'eth0')).toContain(
      `${bed.config.subnet}.2/24`,
    );
    const environment = readFileSync(`/proc/${state.pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain(`HEARTH_INSTANCE=${state.instance}`);
    expect(environment.some((pair) => pair.startsWith('HEARTH_SERVICE=alpha'))).toBe(true);
  });

  test('its root is read-only, its volume is its own, its images are there', () => {
    expect(() => inside(bed, 'alpha', 'touch', '/usr/x')).toThrow('Read-only file system');
    inside(bed, 'alpha', 'touch', '/media/startos/volumes/main/file');
    expect(statSync(join(volume(), 'file')).uid).toBe(0);
    inside(bed, 'alpha', 'touch', '/media/startos/backup/dataVersion.txt');
    expect(existsSync(join(volume(), '../BACKUP/dataVersion.txt'))).toBe(true);
    inside(bed, 'alpha', 'touch', '/var/log/hearth/guest.log');
    expect(inside(bed, 'alpha', 'cat', '/media/startos/images/main.json', '/media/startos/images/main.env')).toBe(
      '{"cwd":"/"}A=1',
    );
    expect(inside(bed, 'alpha', 'cat', '/usr/lib/startos/package/index.js')).toBe('exports.manifest = {}');
    expect(inside(bed, 'alpha', 'cat', '/etc/resolv.conf')).toContain(`nameserver ${bed.config.subnet}.1`);
    expect(() => inside(bed, 'alpha', 'touch', '/media/startos/rpc/x')).toThrow('Read-only file system');
  });

  test('cannot raise its own limits nor reach what the seccomp profile refuses', async () => {
    const stats = await call('container.stats', { service: 'alpha' });
    expect(stats).toMatchObject({ memoryLimit: 256 * 1024 ** 2, outOfMemoryKills: 0 });
    expect(stats.pids).toBeGreaterThan(0);
    const probe = 'exit(syscall(321, 0, 0, 0) == -1 && $!{EPERM} ? 0 : 1)';
    inside(bed, 'alpha', 'perl', '-MErrno', '-e', probe);
    const path = stats.memoryLimit === null ? '' : '/sys/fs/cgroup/memory/memory.limit_in_bytes';
    if (existsSync(path)) expect(() => inside(bed, 'alpha', 'sh', '-c', `echo 999999999 > ${path}`)).toThrow();
  });

  test('a setuid program it leaves in its volume gives nobody of the machine anything', () => {
    inside(
      bed,
      'alpha',
      'sh',
      '-c',
      'cp /usr/bin/id /media/startos/volumes/main/id && chmod 4755 /media/startos/volumes/main/id',
    );
    const path = join(volume(), 'id');
    expect(statSync(path).mode & 0o4000).toBe(0o4000);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    // The folder is closed to others, and the file is dead even for one who gets a descriptor of it.
    expect(() => execFileSync('setpriv', [...nobody, 'sh', '-c', '"$0" -u', path], { stdio: 'pipe' })).toThrow(
      'Permission denied',
    );
    const script = `open my $f, '<', $ARGV[0] or die; $) = 65534; $> = 65534; $< = 65534; exec '/proc/self/fd/' . fileno $f, '-u'`;
    const out = execFileSync('perl', ['-e', `$^F = 9; ${script}`, path], { encoding: 'utf8', stdio: 'pipe' });
    expect(out.trim()).toBe('65534');
  });
});

describe('subcontainers and mounts', () => {
  const guid = 'subcontainer-one';
  const root = `${subcontainers}/${guid}`;

  test('an overlay appears in the running container, with its ids, fully writable', async () => {
    const answer = await call('subcontainer.create', { service: 'alpha', image: 'main', guid });
    expect(answer).toEqual({ path: root, guid });
    expect(await call('subcontainer.create', { service: 'alpha', image: 'main', guid })).toEqual(answer);
    expect(inside(bed, 'alpha', 'stat', '-c', '%u:%g', `${root}/etc`).trim()).toBe('0:0');
    inside(bed, 'alpha', 'sh', '-c', `cd ${root} && mv etc moved && rm -rf tmp && echo hi > moved/new`);
    await expect(
      call('subcontainer.create', { service: 'alpha', image: 'none', guid: 'other-guid' }),
    ).rejects.toMatchObject({
      code: 'engine.imageMissing',
    });
  });

  test('a volume is bound before crun runs, and pushed into crun after', async () => {
    await call('mount.attach', attach(`${root}/data`, 'early'));
    await call('mount.attach', attach(`${root}/data`, 'early'));
    runCrun(bed, 'alpha', guid);
    insideCrun(bed, 'alpha', guid, '/bin/touch', '/data/early-file');
    expect(existsSync(join(volume(), 'early/early-file'))).toBe(true);
    await call('mount.attach', attach(`${root}/late/deep`, 'late'));
    insideCrun(bed, 'alpha', guid, '/bin/touch', '/late/deep/late-file');
    expect(statSync(join(volume(), 'late/late-file')).uid).toBe(0);
    expect(insideCrun(bed, 'alpha', guid, '/bin/cat', '/proc/self/mountinfo').match(/ \/data /g)).toHaveLength(1);
  });

  test('programs may become root by a setuid program of the image', () => {
    const args = ['crun', '--cgroup-manager=cgroupfs', 'exec', '--user', '1000:1000', guid];
    expect(inside(bed, 'alpha', ...args, '/bin/id').trim()).toContain('uid=1000');
    expect(inside(bed, 'alpha', ...args, '/bin/id-as-root').trim()).toContain('euid=0');
  });

  test('read-only means read-only, and a file is bound as a file', async () => {
    await call('mount.attach', attach(`${root}/fixed`, 'early', true));
    expect(() => insideCrun(bed, 'alpha', guid, '/bin/touch', '/fixed/x')).toThrow('Read-only file system');
    await call('mount.attach', attach(`${root}/one-file`, 'early/early-file'));
    insideCrun(bed, 'alpha', guid, '/bin/sh', '-c', 'echo text > /one-file');
    expect(readFileSync(join(volume(), 'early/early-file'), 'utf8')).toBe('text\n');
    await expect(call('mount.attach', attach(`${root}/none`, 'not-there', true))).rejects.toMatchObject({
      code: 'engine.pathMissing',
    });
  });

  test('owners are mapped as asked', async () => {
    inside(
      bed,
      'alpha',
      'sh',
      '-c',
      'mkdir -p /media/startos/volumes/main/m && cd /media/startos/volumes/main/m && touch a b && chown 1000:1000 a',
    );
    const input = attach('/mnt/mapped', 'm');
    await call('mount.attach', {
      ...input,
      source: { ...input.source, idmap: [{ fromId: 1000, toId: 33, range: 1 }] },
    });
    expect(inside(bed, 'alpha', 'stat', '-c', '%n %u', '/mnt/mapped/a', '/mnt/mapped/b')).toBe(
      '/mnt/mapped/a 33\n/mnt/mapped/b 0\n',
    );
  });

  test('a link in the way is refused on both ends, and nothing of the machine is touched', async () => {
    symlinkSync('/etc', join(volume(), 'evil'));
    await expect(call('mount.attach', attach(`${root}/x`, 'evil'))).rejects.toMatchObject({
      code: 'engine.pathIsLink',
    });
    await expect(call('mount.attach', attach(`${root}/x`, '../../..'))).rejects.toMatchObject({
      code: 'engine.badInput',
    });
    inside(bed, 'alpha', 'ln', '-s', '/etc', `${root}/trap`);
    await expect(call('mount.attach', attach(`${root}/trap/apt`, 'early'))).rejects.toMatchObject({
      code: 'engine.pathIsLink',
    });
    inside(bed, 'alpha', 'ln', '-s', '/proc', '/mnt/trap');
    await expect(call('mount.attach', attach('/mnt/trap/x', 'early'))).rejects.toMatchObject({
      code: 'engine.mountFailed',
    });
    await expect(call('mount.attach', attach(`${subcontainers}/not-made-guid/x`, ''))).rejects.toMatchObject({
      code: 'engine.subcontainerMissing',
    });
  });

  test('destroying waits for its programs, then leaves nothing', async () => {
    setTimeout(() => inside(bed, 'alpha', 'crun', '--cgroup-manager=cgroupfs', 'delete', '-f', guid), 300);
    await call('subcontainer.destroy', { service: 'alpha', guid });
    await call('subcontainer.destroy', { service: 'alpha', guid });
    expect(inside(bed, 'alpha', 'ls', subcontainers)).toBe('');
    expect(existsSync(join(bed.config.data, 'engine/uppers/alpha', guid))).toBe(false);
    expect(existsSync(join(volume(), 'early/early-file'))).toBe(true);
  });
});

describe('when the engine dies', () => {
  test('the container goes on and the next engine adopts it', async () => {
    const [before] = await call('container.list', {});
    await engine.end('SIGKILL');
    expect(existsSync(`/proc/${before!.pid}`)).toBe(true);
    engine = await bed.startEngine();
    expect(await call('container.list', {})).toEqual([before]);
    await call('subcontainer.create', { service: 'alpha', image: 'main', guid: 'after-adoption' });
    expect(inside(bed, 'alpha', 'ls', subcontainers).trim()).toBe('after-adoption');
  });

  test('a second engine beside the first is refused, and a closed pipe ends it gently', async () => {
    await expect(bed.startEngine()).rejects.toThrow('another engine answers there');
    const ended = new Promise((resolve) => engine.process.once('exit', resolve));
    engine.process.stdin?.end();
    expect(await ended).toBe(0);
    engine = await bed.startEngine();
    expect((await call('container.list', {}))[0]?.state).toBe('running');
  });

  test('an end nobody asked for is told, also by an engine that did not start it', async () => {
    const [before] = await call('container.list', {});
    const told = new Promise((resolve) => engine.client.on('container.exited', resolve));
    process.kill(before!.pid!, 'SIGKILL');
    expect(await told).toEqual({ service: 'alpha', instance: before!.instance });
    expect((await call('container.list', {}))[0]?.state).toBe('stopped');
  });
});

describe('stopping', () => {
  test('TERM first, then everything is taken down; the volume stays', async () => {
    const events: unknown[] = [];
    engine.client.on('container.exited', (event) => events.push(event));
    const { pid } = await call('container.start', startInput('alpha', 2));
    await call('subcontainer.create', { service: 'alpha', image: 'main', guid: 'left-behind' });
    const start = Date.now();
    await call('container.stop', { service: 'alpha', killAfterMs: 20_000 });
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await call('container.list', {})).toEqual([]);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    for (const folder of ['views/alpha', 'sub/alpha']) expect(mounts).not.toContain(join(bed.config.run, folder));
    expect(existsSync(join(bed.config.data, 'engine/uppers/alpha'))).toBe(false);
    expect(existsSync(join(volume(), 'file'))).toBe(true);
    await delay(700);
    expect(events).toEqual([]);
    await call('container.stop', { service: 'alpha', killAfterMs: 0 });
  });

  test('a start that fails leaves nothing and says why', async () => {
    await expect(call('container.start', { ...startInput('alpha', 2), images: ['missing'] })).rejects.toMatchObject({
      code: 'engine.imageMissing',
    });
    await expect(call('container.start', startInput('alpha', 250))).rejects.toMatchObject({
      code: 'engine.indexUnavailable',
    });
    expect(existsSync(join(bed.config.run, 'views/alpha'))).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(join(bed.config.run, 'views'));
  });

  test('out of memory is told', async () => {
    const told = new Promise((resolve) => engine.client.on('container.outOfMemory', resolve));
    const { instance } = await call('container.start', {
      ...startInput('alpha', 2),
      limits: { memory: 48 * 1024 ** 2, cpuWeight: null, pids: null },
    });
    try {
      inside(bed, 'alpha', 'perl', '-e', 'my $x = "x" x 200_000_000');
    } catch {
      // It was killed: that is the point.
    }
    expect(await told).toEqual({ service: 'alpha', instance });
  });

  test('removing takes the container and its logs, not its data; images go when asked', async () => {
    mkdirSync(join(bed.config.data, 'engine/logs/alpha'), { recursive: true });
    writeFileSync(join(bed.config.data, 'engine/logs/alpha/guest.log'), 'a line\n');
    expect((await call('log.read', { service: 'alpha', after: null, limit: 10 })).entries).toMatchObject([
      { text: 'a line' },
    ]);
    await expect(call('image.remove', { service: 'alpha', revision: null })).rejects.toMatchObject({
      code: 'engine.serviceRunning',
    });
    await expect(call('volume.remove', { service: 'alpha' })).rejects.toMatchObject({ code: 'engine.serviceRunning' });
    await call('container.remove', { service: 'alpha' });
    expect(execFileSync('lxc-ls', ['-P', bed.config.lxcPath, '-1'], { encoding: 'utf8' })).toBe('');
    expect(existsSync(join(bed.config.data, 'engine/logs/alpha'))).toBe(false);
    expect(existsSync(join(volume(), 'file'))).toBe(true);
    await call('image.remove', { service: 'alpha', revision: null });
    expect(await call('image.list', {})).toEqual([]);
    await call('volume.version.write', { service: 'alpha', version: '1.0.0:0' });
    expect(await call('volume.version.read', { service: 'alpha' })).toBe('1.0.0:0');
    await call('volume.remove', { service: 'alpha' });
    expect(await call('volume.list', {})).toEqual([]);
    expect(await call('volume.version.read', { service: 'alpha' })).toBeNull();
  });
});

test('what a container puts among its roots, or in the place of one, keeps neither from going', async () => {
  await importService(bed, engine.client, 'roots', 9);
  await call('container.start', startInput('roots', 9));
  const gone = 'guid-gone-1';
  const plant = `cd ${subcontainers} && mkdir -p ${gone}/data/deep own/deep && touch ${gone}/file plain && ln -s /etc linked && ln -s ${subcontainers} own/up`;
  inside(bed, 'roots', 'sh', '-c', plant);
  await call('subcontainer.destroy', { service: 'roots', guid: gone });
  expect(inside(bed, 'roots', 'ls', subcontainers).split('\n').filter(Boolean)).toEqual(['linked', 'own', 'plain']);
  await call('container.stop', { service: 'roots', killAfterMs: 0 });
  expect(existsSync(join(bed.config.run, 'sub/roots'))).toBe(false);
  expect(existsSync('/etc/passwd')).toBe(true);
});

test('devices are those a package declares and the machine has, with their own numbers', () => {
  const folder = join(bed.scratch, 'dev');
  mkdirSync(join(folder, 'dri/by-path'), { recursive: true });
  const make = (name: string, ...numbers: string[]) => execFileSync('mknod', [join(folder, name), ...numbers]);
  make('dri/card0', 'c', '226', '0');
  make('dri/renderD300', 'c', '226', '300');
  make('kvm', 'b', '10', '232');
  symlinkSync('dri/card0', join(folder, 'kfd'));
  const none = { fuse: false, tun: false, acceleration: false };
  expect(wantedDevices(none, folder)).toEqual([]);
  expect(wantedDevices({ ...none, fuse: true, tun: true }, folder).map(({ name }) => name)).toEqual([
    'fuse',
    'net/tun',
  ]);
  expect(wantedDevices({ ...none, acceleration: true }, folder)).toEqual([
    { name: 'dri/card0', major: 226, minor: 0 },
    { name: 'dri/renderD300', major: 226, minor: 300 },
  ]);
  expect(wantedDevices({ ...none, acceleration: true }, join(folder, 'nothing'))).toEqual([]);
});

test('the engine refuses what the contract refuses, without repeating values', async () => {
  await expect(call('volume.create', { service: '../etc', volume: 'main' })).rejects.toMatchObject({
    code: 'engine.badInput',
  });
  await expect(call('no.such.verb' as never, {} as never)).rejects.toMatchObject({ code: 'engine.unknownVerb' });
  expect(statSync(join(bed.config.run, 'engine.sock'))).toMatchObject({ uid: bed.config.user.uid });
  expect(statSync(join(bed.config.run, 'engine.sock')).mode & 0o777).toBe(0o600);
});
