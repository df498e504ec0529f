/**
 * Packages written with the published SDK on a whole server, unchanged: sideloaded, opened over HTTPS, used, updated to
 * a version that migrates their data, backed up with hooks, removed and brought back.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Box } from './box.ts';
import { ExampleBox, until } from './example-box.ts';
import type { PackedExample } from './package-image.ts';

const minute = 60_000;
let examples: ExampleBox;
let box: Box;
let first: PackedExample;
let next: PackedExample;
let keeper: PackedExample;

beforeAll(async () => {
  examples = await ExampleBox.make();
  box = examples.box;
  first = await examples.pack('hello-world');
  next = await examples.pack('hello-world-next');
  keeper = await examples.pack('keeper');
}, 5 * minute);

afterAll(async () => {
  await examples.close();
}, 3 * minute);

test(
  'a package of the published SDK is installed from a file, started, and turns green',
  async () => {
    await examples.sideload(first);
    const installed = await examples.row('hello-world');
    expect(installed).toMatchObject({ manifest: { version: '1.0.0:1' } });
    expect(Object.keys(installed.actions).sort()).toEqual(['set-greeting', 'show-greeting']);
    await box.call('package.start', { id: 'hello-world' });
    await until('it runs', minute, async () => (await examples.row('hello-world')).status.actual === 'running');
    await examples.healthy('hello-world');
  },
  3 * minute,
);

test(
  'its page is served over HTTPS by its own name',
  async () => {
    expect(await until('the page', minute, () => examples.page('hello-world.localhost'))).toBe('200 Hello\n');
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
    await until(
      'the new greeting',
      minute,
      async () => (await examples.page('hello-world.localhost')) === '200 Moin\n',
    );
    await examples.healthy('hello-world');
    const { result } = await box.call('package.action.run', { packageId: 'hello-world', actionId: 'show-greeting' });
    expect(result).toMatchObject({ type: 'single', value: 'Moin' });
  },
  2 * minute,
);

test(
  'it stops, and starts again',
  async () => {
    await box.call('package.stop', { id: 'hello-world' });
    await until('it stops', minute, async () => (await examples.row('hello-world')).status.actual === 'stopped');
    expect(box.pids('/bin/serve 8080', 'hello-world')).toEqual([]);
    await box.call('package.start', { id: 'hello-world' });
    await examples.healthy('hello-world');
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
    await examples.sideload(next);
    expect(await examples.row('hello-world')).toMatchObject({ manifest: { version: '2.0.0:0' } });
    expect(JSON.parse(readFileSync(examples.volume('hello-world', 'main/store.json'), 'utf8'))).toMatchObject({
      greeting: 'Moin!',
    });
    await until('it runs', minute, async () => (await examples.row('hello-world')).status.actual === 'running');
    await until(
      'the new greeting',
      minute,
      async () => (await examples.page('hello-world.localhost')) === '200 Moin!\n',
    );
  },
  3 * minute,
);

test(
  'back to the version before: the newer one takes its change back first',
  async () => {
    await examples.sideload(first);
    expect(await examples.row('hello-world')).toMatchObject({ manifest: { version: '1.0.0:1' } });
    await until(
      'the former greeting',
      minute,
      async () => (await examples.page('hello-world.localhost')) === '200 Moin\n',
    );
  },
  3 * minute,
);

test(
  'uninstalled, nothing of it is left',
  async () => {
    const { job } = await box.call('package.uninstall', { id: 'hello-world' });
    await examples.finished(job);
    expect(existsSync(examples.volume('hello-world', ''))).toBe(false);
    expect(box.pids('/bin/serve 8080', 'hello-world')).toEqual([]);
  },
  2 * minute,
);

test(
  'what hooks write around a backup is in it, and there when it is brought back',
  async () => {
    await examples.sideload(keeper);
    const folder = join(box.scratch, 'drive');
    mkdirSync(folder);
    const { id: target } = await box.call('backup.target.add', {
      name: 'Drive',
      path: folder,
      password: 'secret words',
    });
    await examples.finished((await box.call('backup.create', { target })).job);
    const { value } = await box.call('db.dump', { pointer: `/backup/targets/${target}` });
    expect(value.lastRun).toMatchObject({ outcome: 'succeeded' });
    expect(existsSync(examples.volume('keeper', 'main/passing.dump'))).toBe(false);

    await examples.finished((await box.call('package.uninstall', { id: 'keeper' })).job);
    const { jobs } = await box.call('package.backup.restore', { target, ids: ['keeper'] });
    for (const { job } of jobs) await examples.finished(job);
    const read = (path: string) => readFileSync(examples.volume('keeper', path), 'utf8');
    expect(read('main/letter')).toBe('kept');
    expect(existsSync(examples.volume('keeper', 'main/cache/page'))).toBe(false);
    expect(existsSync(examples.volume('keeper', 'main/half.tmp'))).toBe(false);
    expect(readdirSync(examples.volume('keeper', 'letters'), { recursive: true }).toSorted()).toEqual([
      'sent',
      'sent/first',
    ]);
    expect(read('letters/sent/first')).toBe('sent');
    expect(read('records/order')).toBe('before, after');
    expect(read('records/book')).toBe('ten entries');
    expect(read('main/restored.txt')).toBe('written after the copies; only while it is copied');
    expect(read('BACKUP/dataVersion.txt')).toBe('1.0.0:0');
  },
  4 * minute,
);
