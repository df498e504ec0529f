/**
 * Packages written with the published SDK on a whole server, unchanged: sideloaded, opened over HTTPS, used, updated to
 * a version that migrates their data, backed up with hooks, removed and brought back.
 */
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';
import { ExamplePacker, type PackedExample } from './package-image.ts';

const minute = 60_000;
let box: Box;
let first: PackedExample;
let next: PackedExample;
let keeper: PackedExample;

beforeAll(async () => {
  box = await makeBox();
  const packer = new ExamplePacker(join(box.scratch, 'packages'));
  first = await packer.pack('hello-world');
  next = await packer.pack('hello-world-next');
  keeper = await packer.pack('keeper');
  await box.start();
  await box.call('setup.execute', { name: 'Test server', password: 'correct horse battery staple' });
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

async function until<T>(what: string, limitMs: number, read: () => Promise<T | null | false>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read().catch(() => null);
    if (value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s in vain: ${what}`);
    await sleep(100);
  }
}

/** As a program of root sends a file, over the socket only root can open. */
function upload(path: string): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': statSync(path).size };
    const socketPath = join(box.config.run, 'kernel/admin.sock');
    const exchange = request({ socketPath, path: '/upload', method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        if (answer.statusCode === 200) done((JSON.parse(text) as { upload: string }).upload);
        else fail(new Error(`${answer.statusCode} ${text}`));
      });
    });
    exchange.on('error', fail);
    createReadStream(path).pipe(exchange);
  });
}

async function finished(job: string): Promise<any> {
  const row = await until('the job ends', 3 * minute, async () => {
    const now = await box.call('job.get', { job });
    return now.finishedAt === null ? null : now;
  });
  expect({ state: row.state, error: row.error ?? null }).toEqual({ state: 'succeeded', error: null });
  return row;
}

async function sideload({ path }: PackedExample): Promise<void> {
  const { job } = await box.call('package.sideload', { upload: await upload(path) });
  await finished(job);
}

const row = async (id: string) => (await box.call('db.dump', { pointer: `/services/${id}` })).value;
const actual = async (id: string) => (await row(id)).status.actual as string;
const volume = (service: string, path: string) => join(box.config.data, 'engine/volumes', service, 'data', path);
const healthy = (id: string) =>
  until('every check is green', minute, async () => {
    const { value } = await box.call('db.dump', { pointer: `/serviceHealth/${id}` });
    const results = Object.values(value as Record<string, { result: string }>).map(({ result }) => result);
    return results.length > 0 && results.every((result) => result === 'success');
  });

/** The page, as a browser of the house asks for it: its own name, TLS, through the proxy. */
function page(name: string): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { host: `${name}:${box.port}` };
    const where = { host: '127.0.0.1', port: box.port, servername: name, rejectUnauthorized: false, headers };
    const exchange = secureRequest(where, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => done(`${answer.statusCode} ${text}`));
      answer.on('error', fail);
    });
    exchange.on('error', fail).end();
  });
}

test(
  'a package of the published SDK is installed from a file, started, and turns green',
  async () => {
    await sideload(first);
    const installed = await row('hello-world');
    expect(installed).toMatchObject({ manifest: { version: '1.0.0:1' } });
    expect(Object.keys(installed.actions).sort()).toEqual(['set-greeting', 'show-greeting']);
    await box.call('package.start', { id: 'hello-world' });
    await until('it runs', minute, async () => (await actual('hello-world')) === 'running');
    await healthy('hello-world');
  },
  3 * minute,
);

test(
  'its page is served over HTTPS by its own name',
  async () => {
    expect(await until('the page', minute, () => page('hello-world.localhost'))).toBe('200 Hello\n');
  },
  minute,
);

test(
  'its actions tell what they take, run, and restart what depends on what they change',
  async () => {
    const asked = { packageId: 'hello-world', actionId: 'set-greeting' };
    const input = await box.call('package.action.get-input', asked);
    expect(input).toMatchObject({ value: { greeting: 'Hello' }, spec: { greeting: { type: 'text', maxLength: 40 } } });
    await box.call('package.action.run', { ...asked, eventId: input.eventId, input: { greeting: 'Moin' } });
    await until('the new greeting', minute, async () => (await page('hello-world.localhost')) === '200 Moin\n');
    await healthy('hello-world');
    const { result } = await box.call('package.action.run', { packageId: 'hello-world', actionId: 'show-greeting' });
    expect(result).toMatchObject({ type: 'single', value: 'Moin' });
  },
  2 * minute,
);

test(
  'it stops, and starts again',
  async () => {
    await box.call('package.stop', { id: 'hello-world' });
    await until('it stops', minute, async () => (await actual('hello-world')) === 'stopped');
    expect(box.pids('/bin/serve 8080', 'hello-world')).toEqual([]);
    await box.call('package.start', { id: 'hello-world' });
    await healthy('hello-world');
    const { entries } = await box.call('package.logs', { id: 'hello-world', limit: 1000 });
    const restored = entries.filter(({ text }: { text: string }) => text.includes('restored from its memory image'));
    expect(restored.length).toBeGreaterThan(0);
    const folder = join(box.config.data, 'engine/images/hello-world');
    const image = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('/image'));
    expect(statSync(join(folder, image ?? '')).mode & 0o777).toBe(0o600);
    const [pid] = box.pids('guest/guest.mjs', 'hello-world');
    expect(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).toMatch(/ \/mnt\/memory ro,/);
  },
  2 * minute,
);

test(
  'the next version takes over, and its migration changes the data once',
  async () => {
    await sideload(next);
    expect(await row('hello-world')).toMatchObject({ manifest: { version: '2.0.0:0' } });
    expect(JSON.parse(readFileSync(volume('hello-world', 'main/store.json'), 'utf8'))).toMatchObject({
      greeting: 'Moin!',
    });
    await until('it runs', minute, async () => (await actual('hello-world')) === 'running');
    await until('the new greeting', minute, async () => (await page('hello-world.localhost')) === '200 Moin!\n');
  },
  3 * minute,
);

test(
  'back to the version before: the newer one takes its change back first',
  async () => {
    await sideload(first);
    expect(await row('hello-world')).toMatchObject({ manifest: { version: '1.0.0:1' } });
    await until('the former greeting', minute, async () => (await page('hello-world.localhost')) === '200 Moin\n');
  },
  3 * minute,
);

test(
  'uninstalled, nothing of it is left',
  async () => {
    const { job } = await box.call('package.uninstall', { id: 'hello-world' });
    await finished(job);
    expect(existsSync(volume('hello-world', ''))).toBe(false);
    expect(box.pids('/bin/serve 8080', 'hello-world')).toEqual([]);
  },
  2 * minute,
);

test(
  'what hooks write around a backup is in it, and there when it is brought back',
  async () => {
    await sideload(keeper);
    const folder = join(box.scratch, 'drive');
    mkdirSync(folder);
    const { id: target } = await box.call('backup.target.add', {
      name: 'Drive',
      path: folder,
      password: 'secret words',
    });
    await finished((await box.call('backup.create', { target })).job);
    const { value } = await box.call('db.dump', { pointer: `/backup/targets/${target}` });
    expect(value.lastRun).toMatchObject({ outcome: 'succeeded' });
    expect(existsSync(volume('keeper', 'main/passing.dump'))).toBe(false);

    await finished((await box.call('package.uninstall', { id: 'keeper' })).job);
    const { jobs } = await box.call('package.backup.restore', { target, ids: ['keeper'] });
    for (const { job } of jobs) await finished(job);
    const read = (path: string) => readFileSync(volume('keeper', path), 'utf8');
    expect(read('main/letter')).toBe('kept');
    expect(existsSync(volume('keeper', 'main/cache/page'))).toBe(false);
    expect(read('records/book')).toBe('ten entries');
    expect(read('main/restored.txt')).toBe('written after the copies; only while it is copied');
    expect(read('BACKUP/dataVersion.txt')).toBe('1.0.0:0');
  },
  4 * minute,
);
