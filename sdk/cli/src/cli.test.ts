import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { program } from './program.ts';
import { Refused, TestBox } from './testing/box.ts';
import type { Methods } from './testing/box.ts';
import { hearth as run } from './testing/terminal.ts';
import type { Setting } from './testing/terminal.ts';

let folder = '';
let box: TestBox | null = null;
const at = (name: string) => join(folder, name);
const vectors = fileURLToPath(new URL('../../../spec/vectors/s9pk/', import.meta.url));
const hearth = (args: string[], more: Partial<Setting> = {}) => run(args, { settings: at('settings'), ...more });
/** A command line to the box of this test. */
const onBox = (args: string[], more: Partial<Setting> = {}) => hearth([...args, '--socket', at('admin.sock')], more);
async function boxWith(methods: Methods): Promise<TestBox> {
  box = await TestBox.start(at('admin.sock'), methods);
  return box;
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
});
afterEach(async () => {
  await box?.stop();
  box = null;
  rmSync(folder, { recursive: true });
});

describe('usage', () => {
  test.each([[['bogus']], [['s9pk']], [['s9pk', 'verify']], [['exver', 'compare', '1:0']], [['--bogus']], [['setup']]])(
    '%j ends with 2',
    async (args) => {
      const ran = await hearth(args);
      expect(ran.code).toBe(2);
      expect(ran.out).toBe('');
      expect(ran.err).not.toBe('');
    },
  );

  test('help ends with 0 and names the exit codes', async () => {
    const ran = await hearth(['--help']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Exit codes: 0 good, 1 refused or failed (the reason is told), 2 wrong usage.');
  });

  test('every command tells what it is for', () => {
    const root = program({} as never);
    const walk = (command: typeof root): string[] => [
      ...(command.description() === '' ? [command.name()] : []),
      ...command.commands.flatMap((child) => walk(child)),
    ];
    expect(walk(root)).toEqual([]);
  });

  test('there is no completion for a shell that is not named', async () => {
    expect((await hearth(['completion', 'csh'])).code).toBe(2);
  });
});

describe('exver', () => {
  test.each([
    [['compare', '1:0', '2:0'], 'less', { order: 'less' }],
    [['compare', '1.0:0', '1:0'], 'equal', { order: 'equal' }],
    [['compare', '1:1', '1:0'], 'greater', { order: 'greater' }],
    [['compare', '1:0', '#a:1:0'], 'none', { order: 'none' }],
    [['satisfies', '1.2:0', '^1'], 'true', { satisfies: true }],
    [['satisfies', '2:0', '^1'], 'false', { satisfies: false }],
    [['satisfies', '2:0', '!'], 'false', { satisfies: false }],
  ])('%j prints %s', async (args, text, value) => {
    expect(await hearth(['exver', ...args])).toMatchObject({ code: 0, out: `${text}\n`, err: '' });
    expect((await hearth(['exver', ...args, '--json'])).value()).toEqual(value);
  });

  test('parse prints it as it is written properly', async () => {
    expect(await hearth(['exver', 'parse', '01.2:3'])).toMatchObject({ code: 0, out: '1.2:3\n' });
  });

  test.each([[['parse', '1.x:0']], [['compare', '1:0', '']], [['satisfies', '1:0', '>=1 nonsense']]])(
    'what cannot be read ends with 1: %j',
    async (args) => {
      const ran = await hearth(['exver', ...args]);
      expect(ran.code).toBe(1);
      expect(ran.out).toBe('');
      expect((await hearth(['exver', ...args, '--json'])).value().error.code).toMatch(/^exver\./);
    },
  );
});

describe('s9pk', () => {
  const vector = join(vectors, '04-multi-arch.s9pk');
  const commitment = '7e2fdbe01b2923f878c8659e97ebe0b7ecb3614d90f3d7804825b56992d4670a';

  async function withKey(): Promise<string> {
    expect((await hearth(['s9pk', 'keygen', at('key.pem')])).out).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(at('key.pem')).mode & 0o777).toBe(0o600);
    return at('key.pem');
  }

  test('inspect prints tree, files, manifest and commitment', async () => {
    const tree = await hearth(['s9pk', 'inspect', 'tree', vector]);
    expect(tree.out.split('\n')).toHaveLength(26);
    expect(tree.out).toContain('images/x86_64/main.squashfs');
    expect((await hearth(['s9pk', 'inspect', 'tree', vector, '--json'])).value()).toContainEqual(
      expect.objectContaining({ path: 'images/riscv64', type: 'directory' }),
    );
    expect((await hearth(['s9pk', 'inspect', 'manifest', vector, '--json'])).value().version).toBeDefined();
    const bytes = (await hearth(['s9pk', 'inspect', 'cat', vector, 'LICENSE.md'])).out;
    expect(Buffer.byteLength(bytes)).toBe(4);
    expect((await hearth(['s9pk', 'inspect', 'commitment', vector, '--json'])).value()).toMatchObject({
      rootSighash: commitment,
      rootMaxsize: 445,
    });
    expect((await hearth(['s9pk', 'inspect', vector, 'cat', 'LICENSE.md'])).out).toBe(bytes);
    const absent = await hearth(['s9pk', 'inspect', 'cat', vector, 'nothing', '--json']);
    expect([absent.code, absent.value().error.code]).toEqual([1, 's9pk.entryNotFound']);
  });

  test('verify ends with 0 for good archives and 1 for others', async () => {
    expect(await hearth(['s9pk', 'verify', vector])).toMatchObject({ code: 0, out: 'good: 21 files, 3.2 KiB\n' });
    expect((await hearth(['s9pk', 'verify', vector, '--commitment', commitment])).code).toBe(0);
    const other = await hearth(['s9pk', 'verify', vector, '--commitment', '00'.repeat(32), '--json']);
    expect([other.code, other.value().error.code]).toEqual([1, 's9pk.commitmentMismatch']);
    const bad = await hearth(['s9pk', 'verify', join(vectors, 'bad/b01-flip-in-file.s9pk')]);
    expect(bad).toMatchObject({ code: 1, out: '' });
    expect(bad.err).toBe('hearth: Cannot trust file "javascript.squashfs": its content is not what was signed\n');
    const odd = join(vectors, 'bad/b31-duplicate-name.s9pk');
    expect((await hearth(['s9pk', 'verify', odd])).code).toBe(1);
    expect((await hearth(['s9pk', 'verify', odd, '--compat'])).code).toBe(0);
    expect((await hearth(['s9pk', 'verify', at('absent')])).code).toBe(1);
    expect((await hearth(['s9pk', 'verify', join(vectors, '03-nested.s9pk'), '--package'])).code).toBe(1);
  });

  test('a terminal sees progress, a file does not', async () => {
    expect((await hearth(['s9pk', 'verify', vector], { terminal: true })).err).toContain('100 %');
    expect((await hearth(['s9pk', 'verify', vector])).err).toBe('');
    expect((await hearth(['s9pk', 'verify', vector, '--json'], { terminal: true })).err).toBe('');
  });

  test('filter writes what an installing server would', async () => {
    const ran = await hearth(['s9pk', 'filter', vector, at('x.s9pk'), '--arch', 'x86_64']);
    expect(ran.code).toBe(0);
    expect(readFileSync(at('x.s9pk')).equals(readFileSync(join(vectors, '05-filtered-x86_64.s9pk')))).toBe(true);
    const out = await hearth(['s9pk', 'filter', vector, '--architecture', 'x86_64', '--out', at('y.s9pk')]);
    expect(out.code).toBe(0);
    expect((await hearth(['s9pk', 'filter', vector])).code).toBe(2);
  });

  test('pack, edit and sign make archives that verify', async () => {
    const key = await withKey();
    mkdirSync(at('in'));
    writeFileSync(at('in/manifest.json'), '{"id":"one"}');
    const packed = await hearth(['s9pk', 'pack', at('in'), at('a.s9pk'), '--key', key]);
    expect(packed.code).toBe(0);
    expect(packed.err).toContain('warning: ');
    expect((await hearth(['s9pk', 'pack', at('in'), at('c.s9pk'), '--key', key, '--check'])).code).toBe(1);
    expect(() => statSync(at('c.s9pk'))).toThrow();

    writeFileSync(at('new.json'), '{"id":"two"}');
    const edited = await hearth([
      's9pk',
      'edit',
      at('a.s9pk'),
      at('a.s9pk'),
      '-k',
      key,
      '--manifest',
      at('new.json'),
      '--set',
      `x/y=${key}`,
    ]);
    expect(edited.code).toBe(0);
    expect((await hearth(['s9pk', 'inspect', 'manifest', at('a.s9pk'), '--json'])).value()).toEqual({ id: 'two' });
    expect((await hearth(['s9pk', 'edit', at('a.s9pk'), at('a.s9pk'), '-k', key])).code).toBe(2);
    writeFileSync(at('new.json'), '{');
    expect((await hearth(['s9pk', 'edit', at('a.s9pk'), at('a.s9pk'), '-k', key, '-m', at('new.json')])).code).toBe(1);

    const before = (await hearth(['s9pk', 'inspect', 'commitment', at('a.s9pk'), '--json'])).value();
    await hearth(['s9pk', 'keygen', at('other.pem')]);
    expect((await hearth(['s9pk', 'sign', at('a.s9pk'), at('b.s9pk'), '-k', at('other.pem')])).code).toBe(0);
    const after = (await hearth(['s9pk', 'inspect', 'commitment', at('b.s9pk'), '--json'])).value();
    expect(after.rootSighash).toBe(before.rootSighash);
    expect(after.signer).not.toBe(before.signer);
    expect((await hearth(['s9pk', 'verify', at('b.s9pk')])).code).toBe(0);
    expect((await hearth(['s9pk', 'sign', at('a.s9pk'), at('b.s9pk'), '-k', at('new.json')])).code).toBe(1);
  });
});

const status = (actual: string, more = {}) => ({
  ...{ desired: 'running', actual, reason: 'Because', since: 1, deadline: null, startedAt: null, crashes: 0 },
  ...more,
});
const row = (actual: string, more = {}) => ({
  id: 'syncthing',
  manifest: { version: '1.0:0' },
  status: status(actual, more),
});
const job = (state: string, more = {}) => ({
  ...{ id: 'j1', kind: 'package.install', service: 'syncthing', title: 'Install Syncthing', state, step: 'download' },
  ...{ cancellable: true, startedAt: 1, finishedAt: null, error: null, result: null },
  ...more,
});

describe('a box', () => {
  test('that does not run is said to, with what to do', async () => {
    const ran = await onBox(['status']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('npm start');
    expect((await onBox(['status', '--json'])).value().error.code).toBe('cli.notRunning');
  });

  test('is found by its folders', async () => {
    mkdirSync(at('run/kernel'), { recursive: true });
    box = await TestBox.start(at('run/kernel/admin.sock'), { echo: (params) => params });
    expect((await hearth(['call', 'echo', '{"message":"hi"}', '--run', at('run')])).out).toContain('"hi"');
    mkdirSync(at('data'));
    writeFileSync(at('data/config.json'), JSON.stringify({ run: at('run') }));
    expect((await hearth(['call', 'echo', '--data', at('data'), '--json'])).value()).toEqual({});
  });

  test('is called with any method; input may come from standard input', async () => {
    const { calls } = await boxWith({ echo: (params) => params });
    expect((await onBox(['call', 'echo', '-'], { stdin: '{"message":"hi"}' })).code).toBe(0);
    expect(calls[0]).toMatchObject({ method: 'echo', params: { message: 'hi' } });
    expect((await onBox(['call', 'echo', '{', '--json'])).value().error.code).toBe('cli.badJson');
    const unknown = await onBox(['call', 'nothing', '--json']);
    expect([unknown.code, unknown.value().error.code]).toEqual([1, 'rpc.unknownMethod']);
  });

  test('is set up with a password that no argument holds, and no session is printed', async () => {
    const { calls } = await boxWith({
      'setup.execute': () => ({ token: 'secret', name: 'Home', hostname: 'home', rev: 1 }),
    });
    writeFileSync(at('password'), 'correct horse\n');
    const ran = await onBox(['setup', '--name', 'Home', '--password-file', at('password')]);
    expect(ran).toMatchObject({ code: 0, out: 'Home is set up: home.local\n' });
    expect(calls[0]!.params).toEqual({ name: 'Home', password: 'correct horse' });
    expect(
      (await onBox(['setup', '--name', 'Home', '--password-file', '-', '--json'], { stdin: 'pw' })).out,
    ).not.toContain('secret');
    expect((await onBox(['setup', '--name', 'Home', '--json'])).value().error.code).toBe('cli.noPassword');
  });

  test('tells its status', async () => {
    await boxWith({
      'server.status': () => ({
        name: 'Home',
        hostname: 'home',
        setUp: true,
        version: '0.1.0',
        mode: 'running',
        plugins: [],
      }),
      'package.list': () => [row('running')],
      'job.list': () => [job('running')],
    });
    const ran = await onBox(['status']);
    expect(ran.out).toBe(
      'Home 0.1.0, home.local, running\nsyncthing  1.0:0  running  Because\njob j1 running: Install Syncthing\n',
    );
  });

  test('control characters of packages do not reach the terminal', async () => {
    await boxWith({ 'package.list': () => [row('running', { reason: '\u001b[2Jgone' })] });
    const ran = await onBox(['package', 'list']);
    expect(ran.out).toContain('gone');
    expect(ran.out).not.toContain('\u001b');
  });
});

describe('jobs', () => {
  const installing = (last: object): Methods => {
    let asked = 0;
    return {
      'package.install': () => ({ job: 'j1', rev: 5 }),
      'job.wait': () => (asked++ < 2 ? job('running') : last),
      'db.dump': () => {
        if (asked === 1) throw new Refused(-32004, 'nothing there', { code: 'rpc.noPointer' });
        const progress = { done: 50, total: 100, units: 'bytes' };
        return { rev: 1, value: { phases: [{ name: 'Downloading', progress }], eta: null } };
      },
    };
  };

  test('are followed to a good end', async () => {
    const { calls } = await boxWith(installing(job('succeeded', { finishedAt: 2 })));
    const ran = await onBox(['package', 'install', 'syncthing'], { terminal: true });
    expect(ran).toMatchObject({ code: 0, out: 'Install Syncthing: done\n' });
    expect(ran.err).toContain('Downloading');
    expect(ran.err).toContain('50 %');
    expect(calls[0]!.params).toEqual({ id: 'syncthing', start: true });
  });

  test('are followed to a bad end, which is told', async () => {
    const error = { code: 'marketplace.unreachable', message: 'Cannot reach registry', data: {} };
    await boxWith(installing(job('failed', { error })));
    const ran = await onBox(['package', 'install', 'syncthing', '--no-start', '--json']);
    expect([ran.code, ran.value().error.code]).toEqual([1, 'marketplace.unreachable']);
    await box!.stop();
    await boxWith(installing(job('cancelled')));
    expect((await onBox(['package', 'install', 'syncthing', '--json'])).value().error.code).toBe('cli.jobEnded');
  });

  test('are followed across a restart of the box', async () => {
    await boxWith({
      'job.get': () => job('running'),
      'job.wait': () => job('running'),
      'db.dump': () => ({ rev: 1, value: { phases: [], eta: null } }),
    });
    const { calls } = box!;
    const following = onBox(['job', 'follow', 'j1']);
    while (!calls.some(({ method }) => method === 'db.dump')) await new Promise((resolve) => setTimeout(resolve, 5));
    await box!.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await boxWith({ 'job.wait': () => job('succeeded') });
    expect(await following).toMatchObject({ code: 0, out: 'Install Syncthing: done\n' });
  });

  test('are left to themselves by --detach and by Ctrl-C', async () => {
    const { calls } = await boxWith({
      ...installing(job('running')),
      'job.get': () => job('running'),
      'job.wait': () => job('running'),
    });
    expect(await onBox(['package', 'install', 'syncthing', '--detach'])).toMatchObject({ code: 0, out: 'j1\n' });
    expect(calls).toHaveLength(1);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 150);
    const ran = await onBox(['job', 'follow', 'j1'], { signal: stop.signal });
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('hearth job follow j1');
    expect(calls.some(({ method }) => method === 'job.cancel')).toBe(false);
  });

  test('are listed, shown and cancelled', async () => {
    const { calls } = await boxWith({
      'job.list': () => [job('running')],
      'job.get': () => job('failed', { error: { code: 'x', message: 'It broke', data: {} } }),
      'job.cancel': () => ({ rev: 1 }),
    });
    expect((await onBox(['job', 'list'])).out).toContain('j1  running');
    expect((await onBox(['job', 'show', 'j1'])).out).toBe('Install Syncthing: failed\nIt broke\n');
    expect((await onBox(['job', 'cancel', 'j1'])).code).toBe(0);
    expect(calls.at(-1)).toMatchObject({ method: 'job.cancel', params: { job: 'j1' } });
  });
});

describe('services', () => {
  test('start is waited for', async () => {
    const states = [row('stopped'), row('starting'), row('running', { startedAt: 2 })];
    await boxWith({
      'package.start': () => ({ rev: 1 }),
      'package.list': () => [states.length > 1 ? states.shift() : states[0]],
    });
    expect(await onBox(['package', 'start', 'syncthing'])).toMatchObject({ code: 0, out: 'syncthing: running\n' });
  });

  test('a start that needs others says how they are started too; a stop may take others with it', async () => {
    const { calls } = await boxWith({
      'package.list': () => [{ id: 'app', status: { actual: 'running', desired: 'running', reason: '' } }],
      'package.start': ({ withDependencies }) => {
        if (withDependencies !== undefined) return { rev: 1 };
        throw new Refused(-32005, 'refused', { code: 'services.needsOthers', others: '"base"', stopped: ['base'] });
      },
      'package.stop': () => ({ rev: 1 }),
    });
    const ran = await onBox(['package', 'start', 'app']);
    expect(ran).toMatchObject({
      code: 1,
      err: 'hearth: Cannot start app: it needs "base", which are stopped. Add --with-dependencies, or --alone\n',
    });
    for (const flag of ['--with-dependencies', '--alone']) await onBox(['package', 'start', 'app', flag]);
    await onBox(['package', 'stop', 'app', '--with-dependants', '-d']);
    expect(calls.filter(({ method }) => method !== 'package.list').map(({ params }) => params)).toEqual([
      { id: 'app' },
      { id: 'app', withDependencies: true },
      { id: 'app', withDependencies: false },
      { id: 'app', withDependants: true },
    ]);
  });

  test('a restart is over only when it runs anew', async () => {
    const states = [
      row('running', { startedAt: 1 }),
      row('running', { startedAt: 1 }),
      row('stopping'),
      row('running', { startedAt: 9 }),
    ];
    const { calls } = await boxWith({
      'package.restart': () => ({ rev: 1 }),
      'package.list': () => [states.length > 1 ? states.shift() : states[0]],
    });
    expect((await onBox(['package', 'restart', 'syncthing', '--json'])).value().status.startedAt).toBe(9);
    expect(calls.filter(({ method }) => method === 'package.list')).toHaveLength(4);
  });

  test('a start that fails says why', async () => {
    const states = [row('stopped'), row('failed', { since: 5, reason: 'No memory' })];
    await boxWith({
      'package.start': () => ({ rev: 1 }),
      'package.list': () => [states.length > 1 ? states.shift() : states[0]],
    });
    const ran = await onBox(['package', 'start', 'syncthing']);
    expect(ran).toMatchObject({ code: 1, err: 'hearth: Cannot start syncthing: it is failed. No memory\n' });
    expect((await onBox(['package', 'stop', 'absent', '--json'])).value().error.code).toBe('cli.unknownService');
  });

  test('uninstall keeps data when told to', async () => {
    const { calls } = await boxWith({ 'package.uninstall': () => ({ job: 'j1', rev: 1 }) });
    await onBox(['package', 'uninstall', 'syncthing', '--keep-data', '-d']);
    expect(calls[0]!.params).toEqual({ id: 'syncthing', soft: true, force: false });
  });

  test('logs are printed, as lines of JSON too', async () => {
    const entries = [{ time: 0, source: 'main', text: 'hello' }];
    const { calls } = await boxWith({ 'package.logs': () => ({ entries, cursor: 'c' }) });
    expect((await onBox(['package', 'logs', 'syncthing', '-n', '5'])).out).toBe(
      '1970-01-01T00:00:00.000Z main: hello\n',
    );
    expect(calls[0]!.params).toEqual({ id: 'syncthing', limit: 5 });
    expect((await onBox(['package', 'logs', 'syncthing', '--json'])).value()).toEqual(entries[0]);
  });

  test('a file is sent and installed; one that is no archive is not sent', async () => {
    const { calls, uploads } = await boxWith({ 'package.sideload': () => ({ job: 'j1', rev: 1 }) });
    const file = join(vectors, '01-minimal.s9pk');
    expect((await onBox(['package', 'install', file, '--detach'])).code).toBe(0);
    expect(uploads[0]!.equals(readFileSync(file))).toBe(true);
    expect(calls[0]).toMatchObject({ method: 'package.sideload', params: { upload: 'u1' } });
    expect((await onBox(['package', 'install', join(vectors, 'bad/b15-bad-magic.s9pk')])).code).toBe(1);
    expect(uploads).toHaveLength(1);
  });

  test('pack needs a recipe', async () => {
    const ran = await hearth([
      'package',
      'pack',
      at('nowhere'),
      '--out',
      at('a.s9pk'),
      '--key',
      at('k.pem'),
      '--progress',
      'json',
    ]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out.trim().split('\n').at(-1)!)).toMatchObject({
      type: 'failed',
      error: { code: expect.stringMatching(/^pack\./) },
    });
  });
});

describe('backups', () => {
  const target = { id: 'usb', name: 'USB', path: '/mnt', lastRun: null };

  test('go to the only target unless one is named', async () => {
    let targets = [target];
    const { calls } = await boxWith({
      'backup.target.list': () => ({ targets }),
      'backup.create': () => ({ job: 'j1', rev: 1 }),
    });
    await onBox(['backup', 'create', 'a', 'b', '-d']);
    expect(calls.at(-1)!.params).toEqual({ target: 'usb', services: ['a', 'b'] });
    targets = [];
    expect((await onBox(['backup', 'create', '--json'])).value().error.code).toBe('cli.noTarget');
    await onBox(['backup', 'create', '-t', 'disk', '-d']);
    expect(calls.at(-1)!.params).toEqual({ target: 'disk' });
  });

  test('are restored', async () => {
    const { calls } = await boxWith({
      'package.backup.restore': () => ({
        job: 'j1',
        rev: 1,
        jobs: [
          { id: 'a', job: 'j1' },
          { id: 'b', job: 'j2' },
        ],
      }),
      'job.wait': ({ job: id }) => job('succeeded', { id }),
    });
    const ran = await onBox(['backup', 'restore', 'a', 'b', '-t', 'usb', '-s', 'abcdef12']);
    expect(ran.code).toBe(0);
    expect(calls[0]!.params).toEqual({ target: 'usb', ids: ['a', 'b'], snapshot: 'abcdef12' });
    expect(calls.filter(({ method }) => method === 'job.wait').map(({ params }) => params['job'])).toEqual([
      'j1',
      'j2',
    ]);
  });

  test('targets are added with a password from a file', async () => {
    const { calls } = await boxWith({ 'backup.target.add': () => ({ id: 'usb', created: true, rev: 1 }) });
    const ran = await onBox(['backup', 'target', 'add', '/mnt', '--name', 'USB', '--password-file', '-'], {
      stdin: 'pw\n',
    });
    expect(ran).toMatchObject({ code: 0, out: 'usb\n' });
    expect(calls[0]!.params).toEqual({ name: 'USB', path: '/mnt', password: 'pw' });
  });

  test('places of plugins are filled in by their forms, secrets never from the command line', async () => {
    const form = {
      address: { type: 'text', name: 'Address', required: true },
      port: { type: 'number', name: 'Port', required: false },
      quick: { type: 'toggle', name: 'Quick' },
      key: { type: 'text', name: 'Key', required: true, masked: true },
    };
    const kinds = [{ id: 'dav.folder', name: 'A WebDAV server', about: 'x', form, unavailable: 'its plugin is off' }];
    const { calls } = await boxWith({
      'backup.kind.list': () => ({ kinds }),
      'backup.target.add': () => ({ id: 'nas', created: true, rev: 1 }),
    });
    expect((await onBox(['backup', 'target', 'kinds'])).out).toMatch(
      /^dav\.folder +A WebDAV server +address, port, quick, key +its plugin is off/,
    );
    const add = (...words: string[]) =>
      onBox(['backup', 'target', 'add', '--kind', 'dav.folder', '--password-file', '-', '--json', ...words], {
        stdin: 'pw',
      });
    await add('--set', 'address=https://a/?b=c', 'port=81', 'quick=true', '--set-file', 'key=/dev/null');
    expect(calls.at(-1)!.params).toEqual({
      ...{ name: 'dav.folder', kind: 'dav.folder', password: 'pw' },
      settings: { address: 'https://a/?b=c', port: 81, quick: true, key: '' },
    });
    const code = async (...words: string[]) => (await add(...words)).value().error.code;
    expect(await code('--set', 'key=brass')).toBe('cli.secretArgument');
    expect(await code('--set', 'attic=1')).toBe('cli.unknownField');
    expect(await code('--set', 'constructor=1')).toBe('cli.unknownField');
    expect(await code('--kind', 'attic')).toBe('cli.unknownKind');
    expect(await code('/mnt')).toBe('cli.folderOrKind');
  });
});
