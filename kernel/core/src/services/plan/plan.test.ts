import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifest as manifestSchema, servicePlan, type Manifest, type ServicePlan } from '@hearth/contract';
import { makePackage, manifestOf } from '../testing/fake-package.ts';
import { actual, House, type Kernel } from '../testing/house.ts';
import { manifestChanges } from './manifest-changes.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
let kernel: Kernel;
const uploads = { one: 'a'.repeat(32), two: 'b'.repeat(32) };
let sighash: string;

beforeEach(async () => {
  house = await House.build();
  await makePackage(join(house.folder, 'one'), 'app');
  const two = await makePackage(join(house.folder, 'two'), 'app', {
    manifest: { version: '2.0:0', volumes: ['main', 'more'], virtualNetworking: true },
  });
  sighash = two.rootSighash;
  for (const [name, upload] of Object.entries(uploads))
    await copyFile(join(house.folder, name), join(house.places.staging, 'uploads', upload));
  kernel = await house.boot();
});
afterEach(() => house.demolish());

const call = async (name: string, input: object): Promise<any> => {
  const method = kernel.methods.get(name)!;
  return method.run(method.input.parse(input), { signal: new AbortController().signal } as never);
};
const plan = async (input: object): Promise<ServicePlan> => servicePlan.parse(await call('package.plan', input));
const sideload = async (upload: string, more: object = {}) =>
  kernel.jobs.wait((await call('package.sideload', { upload, ...more })).job);

async function installed(): Promise<void> {
  await sideload(uploads.one);
  await kernel.services.start('app');
  await actual(kernel, 'app', 'running');
}

describe('a plan', () => {
  test('of an install tells what it asks for, and changes nothing', async () => {
    const told = await plan({ action: 'sideload', upload: uploads.one });
    expect(told).toMatchObject({
      kind: 'package.install',
      service: 'app',
      from: null,
      to: '1.0:0',
      snapshot: null,
      downtime: 0,
      refusals: [],
      changes: [{ path: '/volumes/0', after: 'main', about: 'data' }],
    });
    expect(told.disk.needed).toBeGreaterThan(256 * 1024 * 1024);
    expect(house.machine.traces('app')).toEqual([]);
    expect(house.machine.calls.map(({ verb }) => verb)).not.toContain('volume.create');
  });

  test('of an update names permissions first, the snapshot, the downtime and those that need it', async () => {
    await installed();
    await makePackage(join(house.folder, 'user'), 'user');
    await copyFile(join(house.folder, 'user'), join(house.places.staging, 'uploads', 'c'.repeat(32)));
    house.machine.scripts.set('user', {
      init: async (_kind, effects) => {
        const dependencies = [{ kind: 'running', id: 'app', healthChecks: [], versionRange: '<2.0:0' }];
        await effects.call('set-dependencies', { dependencies });
      },
    });
    await sideload('c'.repeat(32));
    house.machine.kept.bytes = 8e9;
    const told = await plan({ action: 'sideload', upload: uploads.two });
    expect(told.changes.map(({ path, about }) => [path, about])).toEqual([
      ['/virtualNetworking', 'permission'],
      ['/volumes/1', 'data'],
      ['/version', 'version'],
    ]);
    expect(told).toMatchObject({ kind: 'package.update', from: '1.0:0', to: '2.0:0', refusals: [] });
    expect(told.snapshot).toEqual({ bytes: 8e9, shared: false });
    expect(told.disk.needed).toBeGreaterThan(8e9);
    expect(told.downtime).toBe(130);
    expect(told.dependants).toEqual([{ id: 'user', title: 'The user', running: false, effect: 'unsatisfied' }]);
  });

  test('says beforehand what the job would be refused for', async () => {
    await installed();
    house.machine.kept.bytes = 99.9e9;
    const told = await plan({ action: 'sideload', upload: uploads.two });
    expect(told.refusals).toEqual([
      expect.objectContaining({ code: 'services.noSpaceAside', data: expect.objectContaining({ bytes: 99.9e9 }) }),
    ]);
    const job = await sideload(uploads.two);
    expect(job.error?.code).toBe('services.noSpaceAside');
  });

  test('is what runs: an archive that is not the one it showed is refused', async () => {
    await installed();
    const told = await plan({ action: 'sideload', upload: uploads.two });
    expect(told.rootSighash).toBe(sighash);
    const other = await makePackage(join(house.folder, 'other'), 'app', { manifest: { version: '2.0:0' } });
    await copyFile(join(house.folder, 'other'), join(house.places.staging, 'uploads', uploads.one));
    const refused = await sideload(uploads.one, { expect: told.rootSighash });
    expect(refused.error?.code).toBe('services.notAsPlanned');
    expect(other.rootSighash).not.toBe(sighash);
    expect(await sideload(uploads.two, { expect: told.rootSighash })).toMatchObject({ state: 'succeeded' });
  });

  test('of a removal says what is erased, and of a rebuild how long it takes', async () => {
    await installed();
    expect(await plan({ action: 'uninstall', id: 'app' })).toMatchObject({ erases: 1000, to: null });
    expect(await plan({ action: 'uninstall', id: 'app', soft: true })).toMatchObject({ erases: null });
    expect(await plan({ action: 'rebuild', id: 'app' })).toMatchObject({ downtime: 30, from: '1.0:0', to: '1.0:0' });
  });
});

describe('the same plan is what runs', () => {
  test('an id binds the job to what was shown, and a machine that has changed since is not touched', async () => {
    const shown = await plan({ action: 'sideload', upload: uploads.one });
    expect(shown.id).toMatch(/^[0-9a-f]{64}$/);
    expect((await plan({ action: 'sideload', upload: uploads.one })).id).toBe(shown.id);
    await copyFile(join(house.folder, 'one'), join(house.places.staging, 'uploads', 'd'.repeat(32)));
    await installed();
    // What was an installation would be an update by now.
    await expect(sideload('d'.repeat(32), { plan: shown.id })).rejects.toMatchObject({ code: 'services.notAsPlanned' });
    const removal = await plan({ action: 'uninstall', id: 'app' });
    const kept = await plan({ action: 'uninstall', id: 'app', soft: true });
    expect(removal.id).not.toBe(kept.id);
    await expect(call('package.uninstall', { id: 'app', plan: kept.id })).rejects.toMatchObject({
      code: 'services.notAsPlanned',
    });
    const rebuild = await plan({ action: 'rebuild', id: 'app' });
    const { job } = await call('package.rebuild', { id: 'app', plan: rebuild.id });
    expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'succeeded' });
    const done = await call('package.uninstall', { id: 'app', plan: removal.id });
    expect(await kernel.jobs.wait(done.job)).toMatchObject({ state: 'succeeded' });
    expect(house.machine.traces('app')).toEqual([]);
  });

  test('what a plan says is what the job does: what is put aside, erased, brought in and given back', async () => {
    const verbs = (): Set<string> => new Set(house.machine.calls.map(({ verb }) => verb));
    const matches = (told: ServicePlan): void => {
      const did = verbs();
      expect(did.has('volume.snapshot')).toBe(told.snapshot !== null);
      expect(did.has('volume.remove')).toBe(told.erases !== null);
      expect(did.has('image.import')).toBe(told.rootSighash !== null || told.kind === 'package.rebuild');
      const held = Object.keys(house.slice('availablePorts') as object).map(Number);
      for (const { port, effect } of told.ports) expect([port, held.includes(port)]).toEqual([port, effect === 'kept']);
    };
    const bind = { id: 'main', internalPort: 80, preferredExternalPort: 8090, addSsl: null, secure: null };
    house.machine.scripts.set('app', {
      init: async (_kind, effects) => {
        await effects.call('bind', bind);
      },
    });
    const run = async (input: object, begin: (shown: ServicePlan) => Promise<{ state: string }>): Promise<void> => {
      const shown = await plan(input);
      house.machine.calls.length = 0;
      expect(await begin(shown)).toMatchObject({ state: 'succeeded' });
      matches(shown);
    };
    const ended = async (begun: Promise<{ job: string }>) => kernel.jobs.wait((await begun).job);
    const copies = [1, 2].map((place) => String(place).repeat(32));
    for (const copy of copies) await copyFile(join(house.folder, 'one'), join(house.places.staging, 'uploads', copy));
    const [first = '', again = ''] = copies;
    await run({ action: 'sideload', upload: first }, ({ id }) => sideload(first, { plan: id }));
    await run({ action: 'sideload', upload: uploads.two }, ({ id }) => sideload(uploads.two, { plan: id }));
    await run({ action: 'rebuild', id: 'app' }, ({ id }) => ended(call('package.rebuild', { id: 'app', plan: id })));
    const soft = { id: 'app', soft: true };
    await run({ action: 'uninstall', ...soft }, ({ id }) => ended(call('package.uninstall', { ...soft, plan: id })));
    await run({ action: 'sideload', upload: again }, ({ id }) => sideload(again, { plan: id }));
    const hard = { action: 'uninstall', id: 'app' };
    await run(hard, ({ id }) => ended(call('package.uninstall', { id: 'app', plan: id })));
  });
});

test('a plan of a setting tells what changes, and whom it makes ask for something', async () => {
  const action = {
    ...{ name: 'Set it up', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any' },
    ...{ hasInput: true, group: null },
  };
  const spec = { fast: { type: 'toggle', name: 'Fast', default: false } };
  house.machine.scripts.set('app', {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'set', metadata: action });
    },
    execute: () => Promise.resolve({ eventId: 'e', spec, value: { fast: true, size: 3 } }),
  });
  await installed();
  await makePackage(join(house.folder, 'user'), 'user');
  await copyFile(join(house.folder, 'user'), join(house.places.staging, 'uploads', 'c'.repeat(32)));
  house.machine.scripts.set('user', {
    init: async (_kind, effects) => {
      const task = { packageId: 'app', actionId: 'set', severity: 'important', reason: 'It must be fast' };
      const input = { kind: 'partial', accept: [{ fast: true }] };
      const when = { condition: 'input-not-matches', once: false };
      await effects.call('action.create-task', { replayId: 'fast', ...task, input, when });
    },
  });
  await sideload('c'.repeat(32));
  const slow = { action: 'configure', id: 'app', actionId: 'set', input: { fast: false, size: 3 } };
  const told = await plan(slow);
  expect(told).toMatchObject({ kind: 'package.action.run', from: '1.0:0', to: '1.0:0', snapshot: null, erases: null });
  expect(told.changes).toEqual([{ path: '/fast', before: true, after: false, about: 'setting' }]);
  expect(told.dependants).toEqual([{ id: 'user', title: 'The user', running: false, effect: 'needsYou' }]);
  const same = await plan({ ...slow, input: { fast: true, size: 4 } });
  expect(same.dependants).toEqual([]);
  const run = { packageId: 'app', actionId: 'set', eventId: 'e' };
  // What is run is not what was shown.
  const other = call('package.action.run', { ...run, input: same.changes, plan: told.id });
  await expect(other).rejects.toMatchObject({ code: 'services.notAsPlanned' });
  await call('package.action.run', { ...run, input: slow.input, plan: told.id });
});

test('a device of an image is a permission', () => {
  const one = manifestSchema.parse(manifestOf('app', {}));
  const two = structuredClone(one);
  two.images['main']!.nvidiaContainer = true;
  expect(manifestChanges(one, two).map(({ about }) => about)).toEqual(['permission']);
});

test('differences of manifests are pointers; lists of names are sets', () => {
  const one = manifestSchema.parse(manifestOf('app', { volumes: ['a', 'b'] }));
  const two: Manifest = {
    ...one,
    volumes: ['b', 'c'],
    releaseNotes: 'new',
    dependencies: { 'x/y': { description: null, optional: false } },
  };
  expect(manifestChanges(one, two)).toEqual([
    { path: '/volumes/0', before: 'a', about: 'data' },
    { path: '/volumes/1', after: 'c', about: 'data' },
    { path: '/dependencies/x~1y', after: { description: null, optional: false }, about: 'need' },
    { path: '/releaseNotes', before: 'none', after: 'new', about: 'text' },
  ]);
  expect(manifestChanges(one, structuredClone(one))).toEqual([]);
});
