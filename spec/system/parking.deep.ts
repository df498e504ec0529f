/** Twenty stopped services in real containers: they cost nothing, and mean what they meant, also under another kernel. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';
import { SmallServices, waited } from './small-services.ts';

const minute = 60_000;
jest.setTimeout(10 * minute);

const count = 20;
const ids = Array.from({ length: count - 1 }, (_, number) => `parked-${number}`);
let box: Box;
let services: SmallServices;

/** The one the others watch and have a task for. */
const store = `
  const file = root + '/mode';
  exports.init = async ({ effects, kind }) => {
    if (kind === 'install') await fs.writeFile(file, 'private');
    await effects.action.export({ id: 'set', metadata: {
      name: 'Set', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any', hasInput: true,
      group: null, access: 'public',
    } });
    const mode = (await fs.readFile(file, 'utf8')).trim();
    await effects.bind({ id: 'web', internalPort: mode === 'private' ? 80 : 81, preferredExternalPort: 5080, secure: null, addSsl: null });
  };
  exports.actions = { get: () => ({
    getInput: async () => ({ eventId: '', spec: {}, value: { mode: (await fs.readFile(file, 'utf8')).trim() } }),
    run: async ({ input }) => { await fs.writeFile(file, input.mode); return null; },
  }) };
`;

/** Counts how often it was set up. */
const parked = `
  exports.init = async ({ effects }) => {
    const file = root + '/count';
    const before = Number(await fs.readFile(file, 'utf8').catch(() => '0'));
    await fs.writeFile(file, String(before + 1));
    await effects.getHostInfo({ packageId: 'store', hostId: 'web', callback: () => undefined });
    await effects.action.createTask({
      replayId: 'mode', packageId: 'store', actionId: 'set', severity: 'important',
      when: { once: false, condition: 'input-not-matches' },
      input: { kind: 'partial', accept: [{ mode: 'shared' }], set: { mode: 'shared' } },
    });
  };
`;

const setUps = (id: string): number => Number(readFileSync(join(services.volume(id), 'count'), 'utf8'));
const containers = (): string[] =>
  execFileSync('lxc-ls', ['-1', '-P', box.config.lxcPath, '--running'], { encoding: 'utf8' })
    .split(/\s+/)
    .filter(Boolean);
const allParked = (): Promise<unknown> =>
  waited(
    () => containers().length === 0,
    () => `all to be parked; there are ${containers().join(', ')}`,
  );
const open = async (id: string): Promise<boolean | undefined> => (await services.row(id)).tasks['mode']?.active;

beforeAll(async () => {
  // A slot has room for sixteen: ids of its own, beyond all slots.
  box = await makeBox(['--ids', `1100000000:${(count + 4) * 65_536}`]);
  mkdirSync(box.config.data, { recursive: true });
  writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 0.1 }), { mode: 0o644 });
  await box.start();
  services = new SmallServices(box);
  await services.install({ id: 'store', code: store });
  for (const id of ids) await services.install({ id, code: parked });
}, 15 * minute);
afterAll(() => box.close(), 5 * minute);

test('nothing of them is left on the machine but their data', async () => {
  await allParked();
  for (const id of ['store', ...ids]) expect(box.pids('', id)).toEqual([]);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  for (const id of ids) expect(mounts.filter((line) => line.includes(`/${id}/`))).toEqual([]);
  const links = execFileSync('ip', ['-o', 'link', 'show', 'master', box.config.bridge], { encoding: 'utf8' });
  expect(links.trim()).toBe('');
  expect(ids.map(setUps)).toEqual(ids.map(() => 1));
});

test('another kernel lets them lie', async () => {
  await box.end('SIGKILL');
  await box.start();
  // What a boot gives everything, and what changes are gathered for, on this scale; then a while.
  await sleep(6000 + 500 + 3000);
  expect(containers()).toEqual([]);
  expect(ids.map(setUps)).toEqual(ids.map(() => 1));
  expect(await Promise.all(ids.map(open))).toEqual(ids.map(() => true));
});

test('an action on one wakes that one; the tasks of all others are judged by it, and they lie still', async () => {
  await box.call('package.action.run', { packageId: 'store', actionId: 'set', input: { mode: 'shared' } });
  for (const id of ids)
    await waited(
      async () => (await open(id)) === false,
      () => `the task of ${id} to be done`,
    );
  expect(ids.map(setUps)).toEqual(ids.map(() => 1));
  await allParked();
});

test('one whose files another can write is brought back before it does, hears it, and lies down after it', async () => {
  const ear = `
    exports.init = async ({ effects }) => {
      const watcher = require('fs').watch(root, (_kind, name) => {
        if (name === 'note') fs.appendFile('/media/startos/volumes/main/heard', 'x').catch(() => undefined);
      });
      effects.onLeaveContext?.(() => watcher.close());
    };
  `;
  const writer = `
    exports.init = async ({ effects }) => {
      await effects.setDependencies({ dependencies: [{ kind: 'exists', id: 'ear', versionRange: '*' }] });
    };
    exports.main = async ({ effects }) => {
      const target = { packageId: 'ear', volumeId: 'main', subpath: null, readonly: false, idmap: [] };
      await effects.mount({ location: root + '/ear', target });
      const timer = setInterval(() => fs.writeFile(root + '/ear/note', String(Date.now())).catch(() => undefined), 500);
      return { term: async () => clearInterval(timer) };
    };
  `;
  await services.install({ id: 'ear', code: ear });
  await services.install({ id: 'writer', code: writer });
  await allParked();
  const heard = join(services.volume('ear'), 'heard');
  expect(existsSync(heard)).toBe(false);
  await box.call('package.start', { id: 'writer', withDependencies: false });
  await waited(
    () => existsSync(heard),
    () => `ear to be woken and to hear; up are ${containers().join(', ')}`,
  );
  // Longer than an idle container stays on this scale.
  await sleep(9000);
  const before = readFileSync(heard).length;
  await waited(
    () => readFileSync(heard).length > before,
    () => 'ear to go on hearing',
  );
  await box.call('package.stop', { id: 'writer' });
  await allParked();
});

test('a change of what they watch sets each up anew, once, and they lie down again', async () => {
  // Its init binds another port now.
  await box.call('package.start', { id: 'store' });
  await services.until('store', 'running');
  for (const id of ids)
    await waited(
      () => setUps(id) === 2,
      () => `${id} to be set up anew; it was ${setUps(id)} times`,
    );
  await box.call('package.stop', { id: 'store' });
  await allParked();
  expect(ids.map(setUps)).toEqual(ids.map(() => 2));
  expect(await Promise.all(ids.map(open))).toEqual(ids.map(() => false));
});
