/** A packager's day on a real box: a package is tried in a real container, then developed against it, save by save. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Box, makeBox } from '../../../spec/system/box.ts';
import { makeImage } from '../../../spec/system/package-image.ts';

const minute = 60_000;
const program = resolve(import.meta.dirname, '../bin/hearth.mjs');
let box: Box;
let folder: string;

interface Ran {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

function hearth(...args: string[]): Ran {
  const settings = { ...process.env, XDG_CONFIG_HOME: join(box.scratch, 'config') };
  const words = [program, '--run', box.config.run, ...args, '--cache', join(box.scratch, 'cache')];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], env: settings });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { child, ended, said: () => text };
}

async function until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 3 * minute;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** What the service answers at the address its owner opens. */
const page = () =>
  new Promise<string>((done) => {
    const host = 'kiosk.localhost';
    request(
      {
        host: '127.0.0.1',
        port: box.port,
        servername: host,
        headers: { host: `${host}:${box.port}` },
        rejectUnauthorized: false,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('end', () => done(text.trim()));
      },
    )
      .on('error', () => done(''))
      .end();
  });

const edit = (change: (text: string) => string) => {
  const path = join(folder, 'package.ts');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
};

beforeAll(async () => {
  box = await makeBox();
  await box.start();
  await box.call('setup.execute', { name: 'Workshop', password: 'correct horse battery staple' });
  folder = join(box.scratch, 'kiosk');
  const made = spawn(process.execPath, [program, 'package', 'create', folder], { stdio: 'ignore' });
  expect(await new Promise((done) => made.once('close', done))).toBe(0);
  // This machine's own programs, in place of a Debian image that has to be fetched.
  mkdirSync(join(folder, 'tree'));
  makeImage(join(folder, 'tree'));
  writeFileSync(
    join(folder, 'recipe.json'),
    JSON.stringify({ id: 'kiosk', images: { main: { source: { rootfs: 'tree' } } } }),
  );
  rmSync(join(folder, 'test.ts'));
  edit((text) =>
    text
      .replace("['nginx', '-g', 'daemon off;']", "['serve', '8080']")
      .replace("mounts: { data: '/var/www/html' }", "env: { GREETING: 'one' }")
      .replace('port: 80,', 'port: 8080,')
      .replace('webAnswers(80,', 'webAnswers(8080,'),
  );
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

test(
  'test --box installs it in a real container, sees it healthy, restarts it, and leaves nothing',
  async () => {
    const ran = hearth('package', 'test', folder, '--box', '--json');
    expect([await ran.ended, JSON.parse(ran.said()).failed]).toEqual([0, 0]);
    const names = JSON.parse(ran.said()).steps.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['it runs on the box', 'it runs again after a restart', 'it is taken away again']),
    );
    expect(await box.call('package.list')).toEqual([]);
  },
  4 * minute,
);

test(
  'dev brings each save to the box; a mistake changes nothing there',
  async () => {
    const dev = hearth('package', 'dev', folder, '--json');
    const rounds = () => [...dev.said().matchAll(/"packedMs":(\d+),"ms":(\d+)/g)].map(([, , ms]) => Number(ms));
    await until(`the first round: ${dev.said()}`, () => rounds().length === 1);
    await until('the first page', async () => (await page()) === 'one');
    edit((text) => text.replace("GREETING: 'one'", "GREETING: 'two', WRONG"));
    await until('the mistake is told', () => dev.said().includes('pack.scriptInvalid'));
    expect(await page()).toBe('one');
    const seen: number[] = [];
    for (const [before, after] of [
      ["GREETING: 'two', WRONG", 'two'],
      ["GREETING: 'two'", 'three'],
      ["GREETING: 'three'", 'four'],
    ] as const) {
      const saved = performance.now();
      edit((text) => text.replace(before, `GREETING: '${after}'`));
      await until('the new page', async () => (await page()) === after);
      seen.push(Math.round(performance.now() - saved));
    }
    await until('every round is told', () => rounds().length === 4);
    expect(await hearth('package', 'test', folder, '--box').ended).toBe(1);
    dev.child.kill('SIGINT');
    await dev.ended;
    process.stdout.write(`from a save to the page it serves: ${seen.join(', ')} ms; told: ${rounds().join(', ')} ms\n`);
  },
  4 * minute,
);
