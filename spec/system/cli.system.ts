/** The whole path by the command line: from a server without an owner to a restored service, as root on the box. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';

const minute = 60_000;
const program = resolve(import.meta.dirname, '../../sdk/cli/bin/hearth.mjs');

let box: Box;
/** Outside the folders of the services. */
const at = (name: string) => join(box.scratch, name);

beforeAll(async () => {
  box = await makeBox();
  await box.start();
  writeFileSync(at('password'), 'correct horse battery staple\n', { mode: 0o600 });
  writeFileSync(at('backup-password'), 'kept in the kitchen drawer\n', { mode: 0o600 });
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(args: readonly string[]): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    child.on('error', fail).on('close', (code) => done({ code, ...said }));
  });
}

/** What a command that must succeed prints. */
async function hearth(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(['--run', box.config.run, ...args]);
  if (code !== 0) throw new Error(`hearth ${args.join(' ')} ended with ${code}: ${out}${err}`);
  return out;
}

const main = () => box.pids('syncthing serve --home=/var/syncthing/config', 'syncthing');
const json = async (...args: readonly string[]): Promise<any> => JSON.parse(await hearth('--json', ...args));

test(
  'every command tells how it is used',
  async () => {
    for (const words of ['', 'setup', 'status', 'package', 'package install', 'package logs', 'backup create'])
      expect(await hearth(...words.split(' ').filter(Boolean), '--help')).toContain('Usage: hearth');
  },
  minute,
);

test(
  'set-up needs no code from root, takes the password from a file, and happens once',
  async () => {
    expect(await hearth('status')).toContain('not set up');
    const setup = ['setup', '--name', 'Family Server', '--password-file', at('password')];
    expect(await hearth(...setup)).toBe('Family Server is set up: family-server.local\n');
    expect(existsSync(join(box.config.run, 'kernel/setup-code'))).toBe(false);
    const again = await run(['--run', box.config.run, '--json', ...setup]);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.out).error.code).toBe('accounts.alreadySetUp');
  },
  minute,
);

test(
  'the box is found by its data folder as well, and its absence told in a sentence',
  async () => {
    expect((await run(['--data', box.config.data, 'status'])).out).toContain('Family Server');
    const nobody = await run(['--run', at('nothing'), 'status']);
    expect([nobody.code, nobody.err.trim().split('\n').length]).toEqual([1, 1]);
    expect(nobody.err).toContain('nothing listens');
    expect((await run(['frobnicate'])).code).toBe(2);
  },
  minute,
);

test(
  'a service is installed, and shown in words and as JSON',
  async () => {
    expect(await hearth('package', 'available')).toContain('Syncthing');
    expect(await hearth('package', 'install', 'syncthing')).toBe('Install Syncthing: done\n');
    expect(await hearth('package', 'list')).toMatch(/^syncthing +\S+ +(starting|running)/);
    expect(await json('package', 'list')).toMatchObject([{ id: 'syncthing', status: { desired: 'running' } }]);
    expect((await json('status')).services).toMatchObject([{ id: 'syncthing' }]);
    const unknown = await run(['--run', box.config.run, '--json', 'package', 'install', 'nosuch']);
    expect([unknown.code, JSON.parse(unknown.out).error.code]).toEqual([1, expect.any(String)]);
  },
  10 * minute,
);

test(
  'stop, start and restart wait until it is so; logs show what it wrote',
  async () => {
    expect(await hearth('package', 'stop', 'syncthing')).toBe('syncthing: stopped\n');
    expect(main()).toEqual([]);
    expect(await hearth('package', 'start', 'syncthing')).toBe('syncthing: running\n');
    const [before] = main();
    expect(await hearth('package', 'restart', 'syncthing')).toBe('syncthing: running\n');
    expect(main()).not.toContain(before);
    expect(await hearth('package', 'logs', 'syncthing')).toContain('GUI and API listening');
    const lines = (await hearth('--json', 'package', 'logs', 'syncthing')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ source: 'syncthing', text: expect.any(String) }),
    );
  },
  3 * minute,
);

test(
  'a backup, an uninstall, and everything back',
  async () => {
    mkdirSync(at('usb-drive'));
    const photo = join(box.config.data, 'engine/volumes/syncthing/data/data/files/holiday.txt');
    writeFileSync(photo, 'sun and sea');
    await hearth('backup', 'target', 'add', at('usb-drive'), '--name', 'USB', '--password-file', at('backup-password'));
    await hearth('backup', 'create');
    expect(await json('backup', 'list')).toMatchObject([{ service: 'syncthing' }]);
    expect(await hearth('package', 'uninstall', 'syncthing')).toBe('Remove Syncthing: done\n');
    expect(await json('package', 'list')).toEqual([]);
    expect(existsSync(photo)).toBe(false);
    await hearth('backup', 'restore', 'syncthing');
    expect(existsSync(photo)).toBe(true);
    expect(await json('package', 'list')).toMatchObject([{ id: 'syncthing' }]);
  },
  5 * minute,
);
