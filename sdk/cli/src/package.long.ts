/** The commands for packagers: a package made anywhere on the machine builds, passes, and reaches a box. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run as program } from './program.ts';
import { TestBox } from './testing/box.ts';
import { hearth as run } from './testing/terminal.ts';

const root = resolve(import.meta.dirname, '../../..');
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
  const compiler = join(root, 'node_modules/typescript7/bin/tsc');
  expect(execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })).toBe('');
}, 60_000);

test('it passes all that a package must stand, and its own test', async () => {
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
  expect([broken.code, broken.value().steps.at(-1).problem]).toEqual([1, 'it ended with 1']);
  const invalid = await changed(
    'package.ts',
    (text) => text.replace("license: 'MIT',", ''),
    () => hearth('package', 'test', folder),
  );
  expect(invalid.code).toBe(1);
  expect(invalid.out).toContain('FAILS the manifest is one a server reads');
  expect(invalid.err).toContain('The package fails');
}, 60_000);

test('dev packs it and hands it to the box, and tells a mistake without ending', async () => {
  // No image has to be built for this.
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ id: 'tea-timer', images: {} }));
  const script = readFileSync(join(folder, 'package.ts'), 'utf8')
    .replace(/ {2}images: .*\n/, '  images: {},\n')
    .replace(/ {2}daemons: \{[\s\S]*?\n {2}\},\n/, '  daemons: {},\n');
  writeFileSync(join(folder, 'package.ts'), script);
  const box = await TestBox.start(join(work, 'box.sock'), {
    'package.sideload': () => ({ job: 'j1', rev: 1 }),
    'job.wait': () => ({ id: 'j1', title: 'Install', state: 'succeeded', step: null, error: null }),
  });
  const stop = new AbortController();
  let said = '';
  const heard = new Writable({ write: (piece: Buffer, _, done) => done(void (said += piece.toString())) });
  const dev = program(['package', 'dev', folder, '--json', '--socket', box.socket], {
    environment: {
      socket: undefined,
      server: undefined,
      run: undefined,
      settings: join(work, 'settings'),
      machine: 'desk',
    },
    streams: { stdin: process.stdin, stdout: heard, stderr: heard },
    signal: stop.signal,
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await until(() => said.includes('"packedMs"'));
    writeFileSync(join(folder, 'package.ts'), 'export const x = ;');
    await until(() => said.includes('pack.scriptInvalid'));
    writeFileSync(join(folder, 'package.ts'), script.replace('Says hello', 'Says more'));
    await until(() => box.uploads.length === 2);
    expect(box.uploads[1]?.equals(box.uploads[0] ?? Buffer.alloc(0))).toBe(false);
  } finally {
    stop.abort();
    await dev;
    await box.stop();
  }
}, 60_000);

test('what is packed twice is the same, and is published to a registry', async () => {
  const pack = (out: string) => hearth('package', 'pack', folder, '--out', join(work, out), '--json');
  const [one, two] = [await pack('one.s9pk'), await pack('two.s9pk')];
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(readFileSync(join(work, 'one.s9pk')).equals(readFileSync(join(work, 'two.s9pk')))).toBe(true);
  const registry = join(work, 'registry');
  execFileSync('mkdir', [registry]);
  expect((await hearth('package', 'publish', join(work, 'one.s9pk'), registry, '--name', 'Friends')).code).toBe(0);
  expect(JSON.parse(readFileSync(join(registry, 'index.json'), 'utf8'))).toMatchObject({
    name: 'Friends',
    packages: { 'tea-timer': { title: 'Tea Timer' } },
  });
}, 60_000);
