/** The commands for packagers: a package made anywhere on the machine builds, passes, and reaches a box. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run as program } from './program.ts';
import { TestBox } from './testing/box.ts';
import { hearth as run } from './testing/terminal.ts';

let work: string;
let folder: string;
const hearth = (...args: string[]) => run(args, { settings: join(work, 'settings') });

beforeAll(async () => {
  // Far from any checkout, as a packager's own folder is.
  work = mkdtempSync(join(tmpdir(), 'hearth-packager-'));
  folder = join(work, 'tea-timer');
  expect((await hearth('package', 'create', folder)).code).toBe(0);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Changes a file of the package, for as long as `work` takes. */
async function changed<T>(name: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, name);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, change(before));
  try {
    return await work();
  } finally {
    writeFileSync(path, before);
  }
}

test('the template compiles as it stands, wherever it is', () => {
  const compiler = join(folder, 'node_modules/.bin/tsc');
  expect(execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })).toBe('');
}, 60_000);

test('it passes all that a package must stand, and its own test, also where its links are lost', async () => {
  // As after a git clone, or when the checkout has moved.
  rmSync(join(folder, 'node_modules/@types'));
  rmSync(join(folder, 'node_modules/@hearth/sdk'));
  symlinkSync(join(work, 'nowhere'), join(folder, 'node_modules/@hearth/sdk'));
  const { code, value } = await hearth('package', 'test', folder, '--json');
  expect(value().failed).toBe(0);
  expect(value().steps.map(({ name }: { name: string }) => name)).toContain('its own tests (test.ts)');
  expect(code).toBe(0);
}, 60_000);

test('a package that fails is told so, step by step, and ends with 1', async () => {
  const broken = await changed(
    'package.ts',
    (text) => text.replace("volumes.data.write('index.html'", "volumes.data.write('other.html'"),
    () => hearth('package', 'test', folder, '--json'),
  );
  expect([broken.code, broken.value().failed]).toEqual([1, 1]);
  expect(broken.value().steps.at(-1).problem).toMatch(/^it ended with 1\n[^]*it has a page from the start/);
  const invalid = await changed(
    'package.ts',
    (text) => text.replace("license: 'MIT',", ''),
    () => hearth('package', 'test', folder),
  );
  expect(invalid.code).toBe(1);
  expect(invalid.out).toContain('FAILS the manifest is one a server reads');
  expect(invalid.err).toContain('The package fails');
}, 60_000);

test('a name that was not declared is told with its line; so is a recipe of another package', async () => {
  const misspelt = await changed(
    'package.ts',
    (text) => text.replace('mounts: { data:', 'mounts: { date:'),
    () => hearth('package', 'test', folder, '--json'),
  );
  const told = misspelt.value().steps.filter(({ problem }: { problem: string | null }) => problem !== null);
  expect([misspelt.code, told.length, told[0].name]).toEqual([1, 1, 'its types agree']);
  expect(told[0].problem).toMatch(/^package\.ts\(\d+,\d+\): error .*'date' does not exist/);
  const other = await changed(
    'recipe.json',
    (text) => text.replace('tea-timer', 'coffee'),
    () => hearth('package', 'test', folder),
  );
  expect([other.code, other.out]).toEqual([1, expect.stringContaining('the script is tea-timer, the recipe coffee')]);
  const broken = await changed(
    'recipe.json',
    () => '{ "id": 1, }',
    () => hearth('package', 'test', folder),
  );
  expect([broken.code, broken.err]).toEqual([1, expect.stringContaining('line 1 column 12')]);
  expect((await hearth('package', 'test', join(work, 'nowhere'))).err).toContain('There is no recipe.json');
  expect((await hearth('package', 'pack', folder, '--arch', 'sparc')).err).toContain('x86_64, aarch64');
}, 60_000);

test('whoever reads only the beginning of what it says is no fault', () => {
  const bin = join(folder, 'node_modules/.bin/hearth');
  const piped = `"${process.execPath}" "${bin}" package test "${folder}" 2>&1 | head -n 1`;
  expect(execFileSync('sh', ['-c', piped], { encoding: 'utf8' })).toMatch(/^ok .*\n$/);
}, 60_000);

/** `hearth package dev` on a package without an image, against `box`. */
function startDev(box: TestBox) {
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ id: 'tea-timer', images: {} }));
  const script = readFileSync(join(folder, 'package.ts'), 'utf8')
    .replace(/ {2}images: .*\n/, '  images: {},\n')
    .replace(/ {2}daemons: \{[\s\S]*?\n {2}\},\n/, '  daemons: {},\n');
  const save = (text: string) => writeFileSync(join(folder, 'package.ts'), text);
  save(script);
  const stop = new AbortController();
  let said = '';
  const heard = new Writable({ write: (piece: Buffer, _, done) => done(void (said += piece.toString())) });
  const environment = { settings: join(work, 'settings'), machine: 'desk' };
  const dev = program(['package', 'dev', folder, '--json', '--socket', box.socket], {
    environment: { socket: undefined, server: undefined, run: undefined, ...environment },
    streams: { stdin: process.stdin, stdout: heard, stderr: heard },
    signal: stop.signal,
  });
  return {
    script,
    save,
    until: async (condition: (said: string) => boolean): Promise<void> => {
      while (!condition(said)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    end: async (): Promise<void> => {
      stop.abort();
      await dev;
      await box.stop();
    },
  };
}

test('dev packs it and hands it to the box, and tells a mistake without ending', async () => {
  const box = await TestBox.start(join(work, 'box.sock'), {
    'package.list': () => [],
    'package.sideload': () => ({ job: 'j1', rev: 1 }),
    'job.wait': () => ({ id: 'j1', title: 'Install', state: 'succeeded', step: null, error: null }),
  });
  const { script, save, until, end } = startDev(box);
  try {
    await until((said) => said.includes('"packedMs"'));
    expect(box.calls[1]).toMatchObject({ method: 'package.sideload', params: { start: true, quickTrial: true } });
    save('export const x = ;');
    await until((said) => said.includes('pack.scriptInvalid'));
    save(script.replace('Says hello', 'Says more'));
    await until(() => box.uploads.length === 2);
    expect(box.uploads[1]?.equals(box.uploads[0] ?? Buffer.alloc(0))).toBe(false);
  } finally {
    await end();
  }
}, 60_000);

test('what the box is still at when the files are saved again is called off', async () => {
  const cancelled: unknown[] = [];
  const row = (state: string) => ({ id: 'j', title: 'Update', state, step: 'prove', error: null });
  let begun = 0;
  const box = await TestBox.start(join(work, 'box.sock'), {
    'package.list': () => [],
    'package.sideload': () => ({ job: `j${(begun += 1)}`, rev: 1 }),
    // The first never gets well.
    async 'job.wait'({ job }) {
      if (job !== 'j1') return row('succeeded');
      await new Promise((resolve) => setTimeout(resolve, 50));
      return row(cancelled.includes('j1') ? 'cancelled' : 'running');
    },
    'job.cancel': ({ job }) => void cancelled.push(job),
    'db.dump': () => ({ value: { phases: [] } }),
  });
  const { script, save, until, end } = startDev(box);
  try {
    await until(() => begun === 1);
    save(script.replace('Says hello', 'Says it better'));
    await until((said) => said.includes('"packedMs"'));
    expect([cancelled, begun]).toEqual([['j1'], 2]);
  } finally {
    await end();
  }
}, 60_000);

test('what is packed twice is the same, and is published to a registry', async () => {
  const pack = (out: string) => hearth('package', 'pack', folder, '--out', join(work, out), '--json');
  const [one, two] = [await pack('one.s9pk'), await pack('two.s9pk')];
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(readFileSync(join(work, 'one.s9pk')).equals(readFileSync(join(work, 'two.s9pk')))).toBe(true);
  const registry = join(work, 'a/new/registry');
  const listed = await hearth('package', 'publish', join(work, 'one.s9pk'), registry, '--name', 'Friends', '--json');
  expect(listed.value()).toMatchObject({ id: 'tea-timer', version: '1.0.0:0', folder: registry });
  expect(existsSync(join(registry, listed.value().archive))).toBe(true);
  expect(JSON.parse(readFileSync(join(registry, 'index.json'), 'utf8'))).toMatchObject({
    name: 'Friends',
    packages: { 'tea-timer': { title: 'Tea Timer' } },
  });
  writeFileSync(join(registry, 'index.json'), '{');
  const refused = await hearth('package', 'publish', join(work, 'one.s9pk'), registry);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('its index.json is not JSON')]);
  const onto = await hearth('package', 'publish', join(work, 'one.s9pk'), join(work, 'two.s9pk'));
  expect([onto.code, onto.err]).toEqual([1, expect.stringContaining('Cannot publish to')]);
  // A box that is not there is told at once, not after every save.
  const lost = await hearth('package', 'dev', folder, '--socket', join(work, 'no.sock'));
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining('nothing listens at')]);
}, 60_000);
