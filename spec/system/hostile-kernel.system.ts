/**
 * A kernel that was taken over: a process of its user, on the engine's socket, with links planted wherever that user may
 * write. Nothing outside Hearth's own folders is written, removed, or read to it; the engine goes on.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { makeTestbed, type Testbed, type TestEngine } from '../testbed/index.ts';

jest.setTimeout(120_000);

const secret = 'top secret of the owner';
let bed: Testbed;
let engine: TestEngine;
/** What is not Hearth's: a folder beside its own, with a file only root may read. */
let outside: string;
let before: string;
let attempts = 0;

/** Runs a program as the kernel's user: nothing here is done with more rights than a taken-over kernel has. */
const as = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { uid: bed.config.user.uid, gid: bed.config.user.gid, cwd: '/', encoding: 'utf8' });
const link = (target: string, path: string): string => as('ln', '-sfn', target, path);
const staged = (...parts: string[]): string => join(bed.config.data, 'staging', ...parts);

/** Everything about the files there, their content included. */
function digest(folder: string): string {
  const rows: string[] = [];
  const walk = (path: string): void => {
    const { mode, uid, gid, size, mtimeMs, nlink } = lstatSync(path);
    const kind = mode & 0o170000;
    const content =
      kind === 0o100000
        ? createHash('sha256').update(readFileSync(path)).digest('hex')
        : kind === 0o120000
          ? readlinkSync(path)
          : '';
    rows.push([path, mode, uid, gid, kind === 0o040000 ? '' : size, mtimeMs, nlink, content].join(' '));
    if (kind === 0o040000) for (const name of readdirSync(path).sort()) walk(join(path, name));
  };
  walk(folder);
  return rows.join('\n');
}

/** Files of the machine that somebody who breaks out goes for. */
const machine = (): string =>
  [
    '/etc/passwd',
    '/etc/shadow',
    '/etc/sudoers.d',
    '/etc/cron.d',
    '/etc/ld.so.preload',
    '/root',
    '/root/.ssh',
    '/usr/bin',
    '/boot',
  ]
    .map((path) => {
      try {
        const { mtimeMs, mode, uid } = lstatSync(path);
        return `${path} ${mtimeMs} ${mode} ${uid}`;
      } catch {
        return `${path} absent`;
      }
    })
    .join('\n');

/** A process of the kernel's user that passes lines on to the engine's socket and back. */
class Kernel {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: any) => void>();
  readonly gone: Promise<void>;
  #last = 0;

  constructor(socket: string) {
    const relay = `const s=require('net').connect(${JSON.stringify(socket)});process.stdin.pipe(s);s.pipe(process.stdout);s.on('error',()=>process.exit(3));s.on('close',()=>process.exit(0))`;
    const { uid, gid } = bed.config.user;
    this.#child = spawn(process.execPath, ['-e', relay], { uid, gid, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin!.on('error', () => undefined);
    this.gone = new Promise((done) => this.#child.once('exit', () => done()));
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const answer = JSON.parse(line);
      if ('output' in answer || 'error' in answer) this.#waiting.get(answer.id)?.(answer);
    });
    void this.gone.then(() => this.#waiting.forEach((tell) => tell({ error: { code: 'gone' } })));
  }

  send(bytes: string | Buffer): void {
    this.#child.stdin!.write(bytes);
  }

  /** `patienceMs`: how long until it is cancelled. */
  ask(
    verb: string,
    input: unknown,
    patienceMs = 60_000,
  ): Promise<{ output?: unknown; error?: { code: string; message: string } }> {
    this.#last += 1;
    const id = this.#last;
    const { promise, resolve } = Promise.withResolvers<any>();
    const timer = setTimeout(() => this.send(`${JSON.stringify({ cancel: id })}\n`), patienceMs);
    this.#waiting.set(id, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    this.send(`${JSON.stringify({ id, verb, input })}\n`);
    return promise;
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.gone;
  }
}

let kernel: Kernel;

/** Tries it; answers the code it was refused with, or `done`. No answer may hold what only root may read. */
async function attempt(verb: string, input: unknown, patienceMs?: number): Promise<string> {
  attempts += 1;
  const answer = await kernel.ask(verb, input, patienceMs);
  expect([verb, JSON.stringify(answer).includes(secret)]).toEqual([verb, false]);
  return answer.error?.code ?? 'done';
}

beforeAll(async () => {
  bed = await makeTestbed();
  outside = join(bed.config.data, '../outside');
  mkdirSync(join(outside, 'keep'), { recursive: true });
  writeFileSync(join(outside, 'keep/file'), 'kept');
  writeFileSync(join(outside, 'secret'), `${secret}\n`, { mode: 0o600 });
  chmodSync(outside, 0o755);
  // A folder for backups in which the kernel's user may do as it likes.
  execFileSync('install', ['-d', '-m', '0777', join(bed.scratch, 'free')]);
  engine = await bed.startEngine();
  await engine.client.call('host.prepare', {});
  kernel = new Kernel(join(bed.config.run, 'engine.sock'));
  before = `${digest(outside)}\n${machine()}`;
}, 180_000);

afterEach(async () => {
  expect(`${digest(outside)}\n${machine()}`).toBe(before);
  // Whatever was said to it, it still listens to whoever speaks properly.
  expect(await engine.client.call('host.usage', {})).toMatchObject({ diskTotal: expect.any(Number) });
});

afterAll(async () => {
  await kernel.end();
  await bed.close();
}, 60_000);

/** What verbs take, but for the part that is tried. */
const whole = (service: unknown): Record<string, Record<string, unknown>> => ({
  'image.import': {
    service,
    index: 2,
    kind: 'image',
    name: 'main',
    revision: 'ab'.repeat(8),
    archive: 'a',
    config: null,
    environment: null,
  },
  'image.remove': { service, revision: null },
  'volume.create': { service, volume: 'main' },
  'volume.remove': { service },
  'volume.measure': { service },
  'volume.snapshot': { service, name: 'a' },
  'volume.restore': { service, name: 'a' },
  'volume.drop': { service, name: null },
  'volume.version.read': { service },
  'volume.version.write': { service, version: '1' },
  'container.start': start({ service }),
  'container.stop': { service, killAfterMs: 0 },
  'container.remove': { service },
  'container.stats': { service },
  'subcontainer.create': { service, image: 'main', guid: 'abcdefgh' },
  'subcontainer.destroy': { service, guid: 'abcdefgh' },
  'log.read': { service, after: null, limit: 10 },
});
const start = (more: object): Record<string, unknown> => ({
  ...{ service: 'evil', index: 2, revision: 'ab'.repeat(8), volumes: ['main'], images: ['main'] },
  ...{ limits: { memory: null, cpuWeight: null, pids: null }, devices: { fuse: false, tun: false }, language: 'C' },
  ...more,
});
const backup = (path: string, more: object = {}): Record<string, unknown> => ({
  ...{ repository: { kind: 'folder', path }, password: 'p', service: 'evil' },
  ...more,
});

describe('a hostile kernel', () => {
  test('cannot name a service that is none', async () => {
    const names = [
      ...[
        '',
        '.',
        '..',
        '../../outside',
        '/etc',
        'a/b',
        'a\nb',
        'a b',
        'a\0b',
        'A',
        '-rf',
        '$(id)',
        'a;id',
        "a'",
        'a"',
      ],
      ...['a'.repeat(41), 'a--b', '__proto__', null, 3, ['a'], { toString: 'x' }],
    ];
    for (const name of names)
      for (const [verb, input] of Object.entries(whole(name)))
        expect([verb, name, await attempt(verb, input)]).toEqual([verb, name, 'engine.badInput']);
  });

  test('cannot leave a folder by the name of a revision, an image, a volume, a snapshot or a subcontainer', async () => {
    const away = [
      '../../../../outside/keep',
      '../../../../../outside',
      '/etc',
      '..',
      '.',
      'a/../../b',
      'a\n',
      '',
      'AB'.repeat(8),
    ];
    for (const name of away) {
      for (const [verb, input] of [
        ['image.remove', { service: 'evil', revision: name }],
        ['container.start', start({ revision: name })],
        ['container.start', start({ images: [name] })],
        ['container.start', start({ volumes: [name] })],
        ['image.import', { ...whole('evil')['image.import'], revision: name }],
        ['image.import', { ...whole('evil')['image.import'], name }],
        ['volume.create', { service: 'evil', volume: name }],
        ['volume.snapshot', { service: 'evil', name: `${name}/` }],
        ['volume.drop', { service: 'evil', name: `${name}/` }],
        ['subcontainer.create', { service: 'evil', image: 'main', guid: `../${name}` }],
        ['subcontainer.destroy', { service: 'evil', guid: `../${name}` }],
        ['plugin.run', { slot: name }],
        ['plugin.run', { slot: 64 }],
      ] as const)
        expect([verb, input, await attempt(verb, input)]).toEqual([verb, input, 'engine.badInput']);
    }
    // A whole set of images of its own making, where a revision could have led before it was a name.
    as('mkdir', '-p', staged('set/images'), staged('set/memory'));
    for (const file of ['javascript.receipt', 'images/main.receipt'])
      as('sh', '-c', `echo '{"bytes":1,"files":1,"index":2}' > ${staged('set', file)}`);
    for (const file of [
      'javascript.squashfs',
      'javascript.json',
      'images/main.squashfs',
      'images/main.json',
      'images/main.env',
    ])
      link(join(outside, 'secret'), staged('set', file));
    link(outside, staged('set/memory/x'));
    expect(await attempt('container.start', start({ revision: '../../../staging/set' }))).toBe('engine.badInput');
  });

  test('cannot have a file imported that is not its own', async () => {
    link(join(outside, 'secret'), staged('link'));
    link(outside, staged('folder'));
    as('mkfifo', staged('pipe'));
    const archives = [
      '../../outside/secret',
      '/etc/shadow',
      'link',
      'folder/secret',
      'folder/keep/file',
      'pipe',
      '.',
      '',
      'none',
      '../engine/engine.json',
      'a\0b',
      'x'.repeat(5000),
    ];
    for (const archive of archives)
      expect([archive, await attempt('image.import', { ...whole('evil')['image.import'], archive })]).toEqual([
        archive,
        expect.stringMatching(/^engine\.(badInput|path\w+|imageRefused)$/),
      ]);
    const large = { ...whole('evil')['image.import'], config: 'x'.repeat(70_000) };
    expect(await attempt('image.import', large)).toBe('engine.badInput');
    expect(await attempt('image.import', { ...whole('evil')['image.import'], index: 1 })).toBe('engine.badInput');
    expect(await attempt('image.import', { ...whole('evil')['image.import'], index: 250 })).toBe(
      'engine.indexUnavailable',
    );
  });

  test('cannot write a line of anybody’s configuration', async () => {
    const lines: readonly (readonly [string, unknown])[] = [
      ['container.start', start({ language: 'C\nlxc.hook.pre-start = /bin/sh' })],
      ['container.start', start({ language: 'C.UTF-8\n' })],
      ['container.start', start({ limits: { memory: '1\nlxc.rootfs.path = /', cpuWeight: null, pids: null } })],
      ['container.start', start({ limits: { memory: 1.5, cpuWeight: 0, pids: 1 } })],
      ['container.start', start({ devices: { fuse: '/dev/sda', tun: false } })],
      ['names.apply', { records: [{ name: 'a\nserver=/#/1.2.3.4', address: '10.0.0.1' }] }],
      ['names.apply', { records: [{ name: 'a', address: '10.0.0.1\n10.0.0.2 evil' }] }],
      ['names.apply', { records: [{ name: 'a b', address: '10.0.0.1' }] }],
      ['names.apply', { records: [{ name: 'a', address: 'fe80::1%a\nb' }] }],
      ['names.apply', { records: Array.from({ length: 5000 }, () => ({ name: 'a', address: '10.0.0.1' })) }],
      [
        'bridge.apply',
        { rules: [{ service: 'x"; flush ruleset; "', index: 2, mayReach: [], internet: true }], forwards: [] },
      ],
      [
        'bridge.apply',
        {
          rules: [
            { service: 'x', index: 2, mayReach: [{ index: 3, protocol: 'tcp; drop', port: 80 }], internet: true },
          ],
          forwards: [],
        },
      ],
      ['bridge.apply', { rules: [{ service: 'x', index: '2 accept', mayReach: [], internet: true }], forwards: [] }],
      [
        'bridge.apply',
        { rules: [], forwards: [{ protocol: 'tcp', hostPort: '80 accept; }', index: 2, servicePort: 80 }] },
      ],
      ['bridge.apply', { rules: [], forwards: [{ protocol: 'tcp', hostPort: 80.5, index: 999, servicePort: 0 }] }],
      [
        'mount.attach',
        {
          service: 'evil',
          location: '/a',
          source: { service: 'evil', volume: 'main', subpath: '../../..', readonly: false, idmap: [] },
        },
      ],
      [
        'mount.attach',
        {
          service: 'evil',
          location: 'a',
          source: { service: 'evil', volume: 'main', subpath: '', readonly: false, idmap: [] },
        },
      ],
      [
        'mount.attach',
        {
          service: 'evil',
          location: '/a',
          source: {
            service: 'evil',
            volume: 'main',
            subpath: '',
            readonly: false,
            idmap: [{ fromId: '0:0', toId: 0, range: 1 }],
          },
        },
      ],
    ];
    for (const [verb, input] of lines)
      expect([verb, input, await attempt(verb, input)]).toEqual([verb, input, 'engine.badInput']);
    expect(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })).toContain(`hearth_${bed.config.bridge}`);
  });

  test('gets nothing from a proxy configuration but what its own user may do', async () => {
    const proxy = (name: string): string => join(bed.config.data, 'proxy', name);
    const server = 'events {}\nhttp { server { listen 127.0.0.1:1; } }\n';
    const configurations = [
      `user root;\npid ${outside}/nginx.pid;\n${server}`,
      `error_log ${outside}/error.log;\npid ${proxy('nginx.pid')};\n${server}`,
      `include ${outside}/secret;\n${server}`,
      `load_module ${outside}/secret;\n${server}`,
      `daemon on;\n${server}`,
      `working_directory ${outside};\nworker_rlimit_core 1000000000;\npid ${outside}/x;\n${server}`,
      `events {}\nhttp { client_body_temp_path ${outside}/body; server { listen 127.0.0.1:1; root ${outside}; } }\n`,
      `pid /etc/cron.d/x;\n${server}`,
      '{{{',
    ];
    for (const text of configurations) {
      writeFileSync(staged('configuration'), text);
      as('sh', '-c', `cat ${staged('configuration')} > ${proxy('nginx.conf')}`);
      expect([text, await attempt('proxy.apply', {})]).toEqual([text, expect.stringMatching(/^engine\.proxy/)]);
    }
    as('rm', proxy('nginx.conf'));
    link(join(outside, 'secret'), proxy('nginx.conf'));
    expect(await attempt('proxy.apply', {})).toMatch(/^engine\.proxy/);
    // It runs, but says nothing of itself where the engine looks: a file without an end.
    as('rm', proxy('nginx.conf'));
    link('/dev/zero', proxy('nginx.pid'));
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${proxy(name)};`)
      .join(' ');
    as(
      'sh',
      '-c',
      `echo 'error_log stderr; worker_processes 1; pid ${proxy('other.pid')}; events {} http { access_log off; ${folders} server { listen unix:${proxy('sock')}; } }' > ${proxy('nginx.conf')}`,
    );
    const { outcome, memory } = await watched(() => attempt('proxy.apply', {}));
    expect(outcome).toBe('engine.proxyFailed');
    expect(memory).toBeLessThan(400e6);
  });

  /** The most memory the engine took meanwhile. */
  async function watched(work: () => Promise<string>): Promise<{ outcome: string; memory: number }> {
    let memory = 0;
    const look = setInterval(() => {
      const status = readFileSync(`/proc/${engine.process.pid ?? 0}/status`, 'utf8');
      memory = Math.max(memory, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    }, 50);
    const outcome = await work();
    clearInterval(look);
    return { outcome, memory };
  }

  test('cannot keep a backup where none belongs, nor by a link, nor over something else', async () => {
    const free = join(bed.scratch, 'free');
    link(outside, join(free, 'link'));
    const paths = [
      ...[
        '/',
        '/etc',
        '/etc/cron.d/x',
        '/root/x',
        '/home/x',
        '/tmp/x',
        '/var/spool/cron/crontabs',
        '/proc/1/root/x',
        '/dev/shm/x',
        '/run/x',
      ],
      ...[
        outside,
        join(outside, 'new'),
        join(free, 'link'),
        join(free, 'link/new'),
        join(bed.scratch, '../outside/new'),
        bed.config.data,
      ],
      ...['/--repo', '/mnt/../etc/x', `${free}/../../outside/new`],
    ];
    for (const path of paths)
      expect([path, await attempt('backup.prepare', backup(path))]).toEqual([path, 'engine.repositoryForbidden']);
    for (const path of ['relative', '', 'sftp:a:b', '/a\0b'])
      expect([path, await attempt('backup.prepare', backup(path))]).toEqual([
        path,
        expect.stringMatching(/^engine\.(badInput|repositoryForbidden)$/),
      ]);
    as('sh', '-c', `mkdir ${free}/full && echo x > ${free}/full/letter`);
    expect(await attempt('backup.prepare', backup(join(free, 'full')))).toBe('engine.repositoryForbidden');
    expect(await attempt('backup.prepare', backup(join(free, 'new'), { password: 'a\n--option' }))).toBe(
      'engine.badInput',
    );
  });

  test('is not connected to what it could not reach itself by the socket of a repository that it serves', async () => {
    const served = (socket: unknown): Record<string, unknown> => ({
      ...{ repository: { kind: 'served', socket }, password: 'p', service: 'evil' },
    });
    for (const socket of [
      '',
      '../../engine',
      'x'.repeat(24),
      `${'a'.repeat(24)}/../x`,
      `${'a'.repeat(24)},x`,
      '-o',
      null,
      7,
    ])
      expect([socket, await attempt('backup.prepare', served(socket))]).toEqual([socket, 'engine.badInput']);
    // Sockets of root, to which it may make links as it likes.
    const folder = join(bed.config.run, 'kernel/targets');
    mkdirSync(folder, { recursive: true });
    chownSync(join(bed.config.run, 'kernel'), bed.config.user.uid, bed.config.user.gid);
    chownSync(folder, bed.config.user.uid, bed.config.user.gid);
    const closed = join(bed.scratch, 'closed.sock');
    let reached = 0;
    const server = createServer(() => (reached += 1));
    await new Promise<void>((done) => server.listen(closed, done));
    chmodSync(closed, 0o600);
    try {
      link(closed, join(folder, `${'b'.repeat(24)}.sock`));
      link('/etc/shadow', join(folder, `${'c'.repeat(24)}.sock`));
      for (const letter of ['a', 'b', 'c'])
        for (const verb of ['backup.prepare', 'backup.list'])
          expect([letter, verb, await attempt(verb, { ...served(letter.repeat(24)), percent: 0 }, 20_000)]).toEqual([
            letter,
            verb,
            expect.stringMatching(/^engine\.repository/),
          ]);
      expect(reached).toBe(0);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });

  test('writes nothing elsewhere by links in a repository of its own making', async () => {
    const repository = join(bed.scratch, 'free/linked');
    const restic = (...args: string[]): string =>
      execFileSync('restic', ['--repo', repository, '--no-cache', ...args], {
        ...{ uid: bed.config.user.uid, gid: bed.config.user.gid, cwd: '/', encoding: 'utf8' },
        env: { ...process.env, RESTIC_PASSWORD: 'p', HOME: '/nonexistent', TMPDIR: staged() },
      });
    restic('init', '--repository-version', '2');
    // A snapshot in which links stand where volumes and files should.
    as(
      'sh',
      '-c',
      `mkdir -p ${staged('tree/real')} && ln -sfn ${outside} ${staged('tree/volumes')} && ln -sfn ${outside} ${staged('tree/files')}`,
    );
    execFileSync(
      'sh',
      [
        '-c',
        `cd ${staged('tree')} && restic --repo ${repository} --no-cache backup --tag hearth-service=evil volumes files real`,
      ],
      {
        ...{ uid: bed.config.user.uid, gid: bed.config.user.gid, stdio: 'ignore' },
        env: { ...process.env, RESTIC_PASSWORD: 'p', HOME: '/nonexistent', TMPDIR: staged() },
      },
    );
    const [{ id }] = JSON.parse(restic('snapshots', '--json')) as [{ id: string }];
    expect(await attempt('backup.restoreVolumes', backup(repository, { snapshot: id }))).toMatch(/^engine\.path/);
    expect(await attempt('backup.restoreFiles', backup(repository, { snapshot: id, destination: 'restored' }))).toMatch(
      /^engine\.path/,
    );
    for (const destination of ['../x', '/etc', 'folder/x'])
      expect([
        destination,
        await attempt('backup.restoreFiles', backup(repository, { snapshot: id, destination })),
      ]).not.toContain('done');
    for (const snapshot of ['latest', '../x', '--target=/', id.slice(0, 4), 'g'.repeat(64)])
      expect([snapshot, await attempt('backup.restoreVolumes', backup(repository, { snapshot }))]).toEqual([
        snapshot,
        'engine.snapshotMissing',
      ]);
    // And then its own folders lead elsewhere: restic writes its locks, data and index through them.
    expect(await attempt('volume.create', { service: 'evil', volume: 'main' })).toBe('done');
    const pairs = [
      { volume: 'main', subpath: '', destination: '', excludes: ['/etc/passwd\n--files-from /etc/shadow', '$HOME'] },
    ];
    const create = backup(repository, { pairs, files: [], tags: ['--delete', '--repo=x'] });
    expect(await attempt('backup.create', create)).toBe('done');
    for (const file of ['../../outside/secret', '/etc/shadow', 'staging/link', 'staging/folder/secret'])
      expect([file, await attempt('backup.create', { ...create, files: [file] })]).toEqual([
        file,
        expect.stringMatching(/^engine\./),
      ]);
    for (const subpath of ['../../../..', '/etc', 'a/../../..'])
      expect(await attempt('backup.create', { ...create, pairs: [{ ...pairs[0], subpath }] })).toBe('engine.badInput');
    for (const folder of ['locks', 'data']) {
      as('sh', '-c', `rm -rf ${repository}/${folder} && ln -sfn ${outside}/keep ${repository}/${folder}`);
      // restic tries for a quarter of an hour what the read-only machine refuses.
      const code = await attempt('backup.create', create, 3000);
      expect([folder, code]).toEqual([folder, expect.stringMatching(/^(engine|hearth)\./)]);
    }
  });

  test('is told by the wrong state of things', async () => {
    for (const [verb, input, code] of [
      ['container.stats', { service: 'absent' }, 'engine.containerStopped'],
      [
        'container.limit',
        { service: 'absent', limits: { memory: null, cpuWeight: null, pids: null } },
        'engine.containerStopped',
      ],
      ['subcontainer.create', { service: 'absent', image: 'main', guid: 'abcdefgh' }, 'engine.containerStopped'],
      [
        'mount.attach',
        {
          service: 'absent',
          location: '/a',
          source: { service: 'evil', volume: 'main', subpath: '', readonly: false, idmap: [] },
        },
        'engine.containerStopped',
      ],
      ['volume.restore', { service: 'absent', name: 'none' }, 'engine.noSnapshot'],
      ['container.start', start({ service: 'absent' }), /^engine\./],
      ['container.stop', { service: 'absent', killAfterMs: -1 }, 'engine.badInput'],
      ['container.stop', { service: 'absent', killAfterMs: 1e12 }, 'engine.badInput'],
      ['__proto__', {}, 'engine.unknownVerb'],
      ['constructor', {}, 'engine.unknownVerb'],
      ['host.exec', { command: 'id' }, 'engine.unknownVerb'],
      ['x'.repeat(100_000), {}, 'engine.unknownVerb'],
      ['log.read', { service: 'evil', after: '../../outside/secret', limit: 10 }, 'done'],
      ['log.read', { service: 'evil', after: 'x'.repeat(100_000), limit: 10 }, 'engine.badInput'],
      ['log.read', { service: 'evil', after: null, limit: 1e9 }, 'engine.badInput'],
      ['volume.version.write', { service: 'evil', version: 'x'.repeat(300) }, 'engine.badInput'],
    ] as const) {
      const found = await attempt(verb, input);
      if (code instanceof RegExp) expect(found).toMatch(code);
      else expect([verb.slice(0, 30), found]).toEqual([verb.slice(0, 30), code]);
    }
  });

  test('ends its own line with frames that are none, and nobody else’s', async () => {
    const frames: (string | Buffer)[] = [
      ...[
        'nonsense\n',
        '[]\n',
        '{}\n',
        'null\n',
        '{"id":1}\n',
        '{"id":"1","verb":"host.usage","input":{}}\n',
        '{"id":1.5,"verb":"host.usage"}\n',
      ],
      ...[
        '{"id":1,"verb":3,"input":{}}\n',
        '{"cancel":"x"}\n',
        Buffer.alloc(9 << 20, 0x61),
        `${'['.repeat(200_000)}\n`,
        Buffer.from([0xff, 0xfe, 0, 10]),
      ],
    ];
    for (const frame of frames) {
      attempts += 1;
      const other = new Kernel(join(bed.config.run, 'engine.sock'));
      other.send(frame);
      await other.gone;
    }
    const many = new Kernel(join(bed.config.run, 'engine.sock'));
    const answers = await Promise.all(Array.from({ length: 1000 }, () => many.ask('host.usage', {})));
    expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
    many.send('{"cancel":999999}\n{"id":7,"verb":"volume.list","input":{"__proto__":{"x":1}}}\n');
    await many.end();
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('is the only one the socket is for', () => {
    attempts += 1;
    const dial = `require('net').connect(${JSON.stringify(join(bed.config.run, 'engine.sock'))}).on('error',(e)=>{console.log(e.code);process.exit()}).on('connect',()=>{console.log('in');process.exit()})`;
    expect(
      execFileSync(process.execPath, ['-e', dial], { uid: 65_534, gid: 65_534, cwd: '/', encoding: 'utf8' }).trim(),
    ).toBe('EACCES');
    expect(attempts).toBeGreaterThan(500);
  });
});
