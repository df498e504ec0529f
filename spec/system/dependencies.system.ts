/** Services that need each other, in real containers: order, tasks across packages, shared volumes, circles. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';
import { SmallServices, waited } from './small-services.ts';

const minute = 60_000;
jest.setTimeout(5 * minute);

let box: Box;
let services: SmallServices;

/** Keeps a setting, and gives others a folder to read. */
const store = `
  const file = root + '/settings.json';
  const read = async () => JSON.parse(await fs.readFile(file, 'utf8'));
  exports.init = async ({ effects, kind }) => {
    if (kind === 'install') {
      await fs.writeFile(file, JSON.stringify({ mode: 'private' }));
      await fs.mkdir(root + '/shared', { recursive: true });
      await fs.writeFile(root + '/shared/greeting', 'hello from the store');
    }
    await effects.action.export({ id: 'configure', metadata: {
      name: 'Configure', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any', hasInput: true,
      group: null, access: 'dependent',
    } });
  };
  exports.actions = { get: () => ({
    getInput: async ({ effects, prefill }) => ({
      eventId: '', value: { ...(await read()), ...prefill },
      spec: { mode: { type: 'select', name: 'Mode', default: 'private', values: { private: 'Private', shared: 'Shared' } } },
    }),
    run: async ({ input }) => { await fs.writeFile(file, JSON.stringify(input)); return null; },
  }) };
  exports.main = async ({ effects }) => {
    await effects.setHealth({ id: 'up', name: 'Store', result: 'success', message: 'open' });
    return { term: async () => { await new Promise((resolve) => setTimeout(resolve, 300)); } };
  };
`;

/** Needs the store in shared mode, and reads its folder. */
const reader = `
  exports.init = async ({ effects }) => {
    await effects.setDependencies({ dependencies: [
      { kind: 'running', id: 'store', healthChecks: ['up'], versionRange: '>=1.0.0:0' },
    ] });
    await effects.action.createTask({
      replayId: 'shared', packageId: 'store', actionId: 'configure', severity: 'critical',
      reason: 'The store must share', when: { once: false, condition: 'input-not-matches' },
      input: { kind: 'partial', accept: [{ mode: 'shared' }], set: { mode: 'shared' } },
    });
  };
  exports.main = async ({ effects }) => {
    const seen = {};
    const attempt = async (name, work) => {
      seen[name] = await work().catch((error) => 'refused: ' + error.message);
    };
    await daemon(effects, ['sleep', '1000000'], async (path) => {
      const location = path + '/mnt/store';
      await fs.mkdir(location, { recursive: true });
      const target = { packageId: 'store', volumeId: 'main', subpath: 'shared', readonly: true };
      await effects.mount({ location, target });
      await attempt('greeting', () => fs.readFile(location + '/greeting', 'utf8'));
      await attempt('settings', () => fs.readFile(location + '/settings.json', 'utf8'));
      await attempt('write', () => fs.writeFile(location + '/mine', 'x'));
      await attempt('outside', () => effects.mount({ location: path + '/mnt/o', target: { ...target, subpath: '../..' } }));
      await attempt('stranger', () => effects.mount({ location: path + '/mnt/s', target: { ...target, packageId: 'ring-a' } }));
    });
    await fs.writeFile(root + '/seen.json', JSON.stringify(seen));
    return { term: end };
  };
`;

const ring = (other: string) => `
  exports.init = async ({ effects }) => {
    await effects.setDependencies({ dependencies: [
      { kind: 'running', id: '${other}', healthChecks: [], versionRange: '*' },
    ] });
  };
`;

beforeAll(async () => {
  box = await makeBox();
  mkdirSync(box.config.data, { recursive: true });
  writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 0.5 }), { mode: 0o644 });
  await box.start();
  services = new SmallServices(box);
  await services.install({ id: 'store', code: store });
  await services.install({ id: 'reader', code: reader, image: true });
  for (const [id, other] of [['ring-a', 'ring-b'] as const, ['ring-b', 'ring-a'] as const])
    await services.install({ id, code: ring(other) });
}, 8 * minute);
afterAll(async () => {
  await box.close();
}, 3 * minute);

const need = async () => (await services.told('serviceNeeds', 'reader')).store;
const task = async () => (await services.row('reader')).tasks['shared'];
const configure = async (mode: string) =>
  box.call('package.action.run', { packageId: 'store', actionId: 'configure', input: { mode } });

test('a task on another package keeps a service from starting, says so, and is done by that action', async () => {
  expect(await task()).toMatchObject({ active: true });
  expect(await need()).toEqual({ state: 'task', reason: 'The store must share', title: 'Store' });
  await expect(box.call('package.start', { id: 'reader' })).rejects.toMatchObject({ code: 'services.needsOthers' });
  for (const withDependencies of [true, false])
    await expect(box.call('package.start', { id: 'reader', withDependencies })).rejects.toThrow(
      /taskOpen.*A task must be done first: The store must share/,
    );
  expect((await services.row('store')).status.desired).toBe('stopped');
  const wanted = (await task())?.task.input?.set ?? {};
  const asked = await box.call('package.action.get-input', {
    packageId: 'store',
    actionId: 'configure',
    prefill: wanted,
  });
  expect(asked.value).toEqual({ mode: 'shared' });
  await box.call('package.action.run', {
    packageId: 'store',
    actionId: 'configure',
    eventId: asked.eventId,
    input: asked.value,
  });
  await waited(
    async () => (await task())?.active === false,
    () => 'the task to be done',
  );
  await waited(
    async () => (await need())?.state === 'not-running',
    () => 'the need to be of something else',
  );
});

test('what is needed starts first, and each need tells how it stands', async () => {
  await box.call('package.start', { id: 'reader', withDependencies: true });
  const own = await services.until('reader', 'running');
  const other = await services.until('store', 'running');
  expect(other.status.startedAt!).toBeLessThanOrEqual(own.status.startedAt!);
  await waited(
    async () => (await need())?.state === 'satisfied',
    () => 'the need to be satisfied',
  );
});

test('the folder of another package is there, to be read; nothing else of it is, nor of one that is not needed', () => {
  const seen = JSON.parse(readFileSync(join(services.volume('reader'), 'seen.json'), 'utf8'));
  expect(seen).toEqual({
    greeting: 'hello from the store',
    settings: expect.stringMatching(/^refused: .*ENOENT/),
    write: expect.stringMatching(/^refused: .*EROFS/),
    outside: expect.stringMatching(/^refused: .*leads out/),
    stranger: expect.stringMatching(/^refused: .*not a declared dependency/),
  });
});

test('a setting taken back opens the task again, which stops the one that needs it and leaves the other alone', async () => {
  await configure('private');
  const reason = 'A task must be done first: The store must share';
  await waited(
    async () => {
      const { desired, actual, reason: told } = (await services.row('reader')).status;
      return desired === 'running' && actual === 'stopped' && told === reason;
    },
    () => 'the reader to stop and to say why',
  );
  expect(await need()).toMatchObject({ state: 'task' });
  expect((await services.row('store')).status.actual).toBe('running');
  await configure('shared');
  await services.until('reader', 'running');
});

test('what needs it goes down before it', async () => {
  await box.call('package.stop', { id: 'store', withDependants: true });
  const other = await services.until('store', 'stopped');
  const own = await services.row('reader');
  expect(own.status).toMatchObject({ desired: 'stopped', actual: 'stopped' });
  expect(own.status.since).toBeLessThanOrEqual(other.status.since);
});

test('a circle starts, and after a boot everything is up again, what is needed first', async () => {
  await box.call('package.start', { id: 'ring-a', withDependencies: true });
  await box.call('package.start', { id: 'reader', withDependencies: true });
  for (const id of ['ring-a', 'ring-b', 'store', 'reader']) await services.until(id, 'running');
  await box.call('server.stop-services');
  await box.end('SIGTERM');
  await box.start();
  const rows = [];
  for (const id of ['ring-a', 'ring-b', 'store', 'reader']) rows.push(await services.until(id, 'running'));
  const [, , first, second] = rows;
  expect(first!.status.startedAt!).toBeLessThanOrEqual(second!.status.startedAt!);
});
