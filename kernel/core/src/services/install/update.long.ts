import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import type { JobRow } from '@hearth/contract';
import type { Script } from '../testing/fake-guest.ts';
import { makePackage } from '../testing/fake-package.ts';
import { actual, House, type Kernel, until } from '../testing/house.ts';

jest.setTimeout(60_000);

let house: House;
let revisions: Record<string, string>;

beforeEach(async () => {
  house = await House.build();
  const one = await makePackage(join(house.folder, 'one'), 'app');
  const two = await makePackage(join(house.folder, 'two'), 'app', {
    manifest: { version: '2.0:0', volumes: ['main', 'more'] },
  });
  revisions = { one: one.rootSighash, two: two.rootSighash };
});
afterEach(() => house.demolish());

/** What version `file` of the app does. */
const script = (file: string, what: Script): void => void house.machine.scripts.set(`app ${revisions[file]}`, what);
const health =
  (result: string): NonNullable<Script['main']> =>
  async (effects) => {
    await effects.call('set-health', { id: 'web', name: 'Web', result, message: null });
  };

const healthy: Script = { main: health('success') };

/** The first version runs, with data. */
async function settled(scale = 0.02): Promise<Kernel> {
  script('one', healthy);
  const kernel = await house.boot(scale);
  await kernel.jobs.wait((await kernel.services.install(request('one'))).job);
  await actual(kernel, 'app', 'running');
  house.machine.kept.write('app', 'a', 'first');
  house.machine.versions.set('app', '1.0:0');
  return kernel;
}
const request = (file: string, more: object = {}) => ({
  ...{ id: 'app', title: 'The app', source: 'shelf', input: { file }, start: true },
  ...more,
});
const update = async (kernel: Kernel): Promise<JobRow> =>
  kernel.jobs.wait((await kernel.services.install(request('two'))).job);

/** The new version changes the data before anything can fail. */
const migrating = (what: Script = {}): Script => ({
  ...what,
  init: async (kind, effects) => {
    if (kind === 'update') {
      house.machine.kept.write('app', 'a', 'second');
      house.machine.kept.write('app', 'b', 'new');
      house.machine.versions.set('app', '2.0:0');
    }
    await what.init?.(kind, effects);
  },
});

async function oldState(kernel: Kernel): Promise<void> {
  const row = await actual(kernel, 'app', 'running');
  expect(row).toMatchObject({ job: null, error: null, manifest: { version: '1.0:0' } });
  expect(house.machine.containers.get('app')?.revision).toBe(revisions['one']);
  expect(house.machine.kept.data.get('app')).toEqual({ a: 'first' });
  expect([...house.machine.volumes.get('app')!]).toEqual(['main']);
  expect(house.machine.versions.get('app')).toBe('1.0:0');
  expect([...house.machine.images.get('app')!]).toEqual([revisions['one']]);
  await nothingAside();
}

async function newState(kernel: Kernel): Promise<void> {
  const row = await actual(kernel, 'app', 'running');
  expect(row).toMatchObject({ job: null, manifest: { version: '2.0:0' } });
  expect(house.machine.containers.get('app')?.revision).toBe(revisions['two']);
  expect(house.machine.kept.data.get('app')).toEqual({ a: 'second', b: 'new' });
  expect([...house.machine.images.get('app')!]).toEqual([revisions['two']]);
  await nothingAside();
}

async function nothingAside(): Promise<void> {
  expect(house.machine.kept.snapshots.has('app')).toBe(false);
  const litter = await house.litter('app');
  expect(litter.filter((name) => name.startsWith('packages'))).toHaveLength(1);
  expect(litter.filter((name) => name.startsWith('staging'))).toEqual([]);
}

describe('an update', () => {
  test('is tried out before the old version goes, and keeps running without another start', async () => {
    const kernel = await settled();
    script('two', migrating(healthy));
    expect(await update(kernel)).toMatchObject({ state: 'succeeded', result: { from: '1.0:0', version: '2.0:0' } });
    await newState(kernel);
    expect(house.machine.guest('app').asked).toEqual(['init update', 'start']);
    expect(kernel.services.read('app')?.status.startedAt).toEqual(expect.any(Number));
    expect(kernel.services.health('app')['web']).toMatchObject({ result: 'success' });
  });

  test('of a stopped service is not started', async () => {
    const kernel = await settled();
    await kernel.services.stop('app');
    await actual(kernel, 'app', 'stopped');
    script('two', migrating({ main: () => Promise.reject(new Error('never')) }));
    expect(await update(kernel)).toMatchObject({ state: 'succeeded' });
    expect(kernel.services.read('app')?.status).toMatchObject({ actual: 'stopped', desired: 'stopped' });
    expect(house.machine.kept.snapshots.size).toBe(0);
  });

  test('lets a check that is still loading pass at the end of its time', async () => {
    const kernel = await settled(0.002);
    script('two', migrating({ main: health('loading') }));
    expect(await update(kernel)).toMatchObject({ state: 'succeeded' });
    await newState(kernel);
  });

  test('that needs a copy for which there is no room is refused before anything is touched', async () => {
    const kernel = await settled();
    const guest = house.machine.guest('app');
    house.machine.kept.bytes = 99.9e9;
    const job = await update(kernel);
    expect(job).toMatchObject({ state: 'failed', step: 'verify', error: { code: 'services.noSpaceAside' } });
    expect(job.error?.data).toMatchObject({ bytes: 99.9e9, free: expect.any(Number), needed: expect.any(Number) });
    expect(guest.asked).toEqual(['init install', 'start']);
    house.machine.kept.shared = true;
    script('two', migrating(healthy));
    expect(await update(kernel)).toMatchObject({ state: 'succeeded' });
  });
});

test('whoever writes a package has a short trial: done once it is well, and not before', async () => {
  // Well for a while would be 100 s here.
  const kernel = await settled(20);
  let getWell: () => void = () => undefined;
  script('two', {
    async main(effects) {
      await health('starting')(effects);
      getWell = () => void health('success')(effects);
    },
  });
  const { job } = await kernel.services.install(request('two', { quickTrial: true }));
  await until(() => house.machine.containers.get('app')?.revision === revisions['two'], 'the new version');
  await until(() => house.machine.guest('app').phase === 'running', 'it to run');
  expect(kernel.jobs.read(job)).toMatchObject({ state: 'running', step: 'prove' });
  getWell();
  expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'succeeded' });
});

describe('an update goes back, code and data, when the new version', () => {
  const failures: [string, Script, string, string][] = [
    ['fails to migrate', { init: () => Promise.reject(new Error('cannot migrate')) }, 'migrate', 'cannot migrate'],
    ['does not come up', { main: () => Promise.reject(new Error('no config')) }, 'prove', 'no config'],
    ['is not healthy', { main: health('failure') }, 'prove', 'its check "Web" says failure'],
    ['never gets past its start', { main: health('starting') }, 'prove', 'its check "Web" says starting'],
  ];
  test.each(failures)('%s', async (_name, what, step, words) => {
    const kernel = await settled(0.002);
    script('two', migrating(what));
    const job = await update(kernel);
    expect(job).toMatchObject({ state: 'failed', step });
    expect(job.error?.message).toContain(words);
    expect(job.error?.data).not.toHaveProperty('leftBehind');
    expect(kernel.events.told).toContainEqual({
      event: 'job.finished',
      value: expect.objectContaining({ outcome: 'failed', message: expect.stringContaining(words) }),
    });
    await oldState(kernel);
  });

  test('ends by itself while it is tried out', async () => {
    const kernel = await settled(0.02);
    script('two', migrating({ main: health('starting') }));
    const job = update(kernel);
    await until(() => house.machine.containers.get('app')?.revision === revisions['two'], 'the new version');
    await until(() => house.machine.guest('app').phase === 'running', 'it to run');
    house.machine.die('app');
    expect((await job).error?.message).toContain('ended');
    await oldState(kernel);
  });

  test('breaks what depends on it', async () => {
    const kernel = await settled(0.004);
    await makePackage(join(house.folder, 'user'), 'user');
    house.machine.scripts.set('user', {
      init: async (_kind, effects) => {
        const dependencies = [{ kind: 'running', id: 'app', healthChecks: [], versionRange: '*' }];
        await effects.call('set-dependencies', { dependencies });
      },
      main: health('success'),
    });
    const { job } = await kernel.services.install(request('user', { id: 'user' }));
    await kernel.jobs.wait(job);
    await actual(kernel, 'user', 'running');
    const before = house.machine.guest('user');
    script(
      'two',
      migrating({
        main: async (effects) => {
          await health('success')(effects);
          await before.call('set-health', { id: 'web', name: 'Link', result: 'failure', message: 'wrong protocol' });
        },
      }),
    );
    const row = await update(kernel);
    expect(row.error?.message).toContain('check "Link" of "user", which needs it, says failure');
    await oldState(kernel);
    // It is started again: what it had mounted of the app is not what is there now.
    await until(() => house.machine.containers.get('user')?.guest !== before, 'another run of the dependant');
    await actual(kernel, 'user', 'running');
  });

  test('is called off while it is tried out', async () => {
    const kernel = await settled(0.1);
    script('two', migrating({ main: health('starting') }));
    const { job } = await kernel.services.install(request('two'));
    await until(() => kernel.jobs.read(job)?.step === 'prove', 'the trial');
    await kernel.jobs.cancel(job);
    expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'cancelled' });
    await oldState(kernel);
  });
});

test('data that cannot be brought back is kept aside, and the old version is not started on what is there', async () => {
  const kernel = await settled(0.002);
  script('two', migrating({ main: health('failure') }));
  house.machine.before = (verb) => {
    if (verb === 'volume.restore') throw new Error('I/O error');
  };
  const job = await update(kernel);
  expect(job.error?.data).toMatchObject({ leftBehind: ['aside'] });
  const row = await actual(kernel, 'app', 'failed');
  expect(row.status.reason).toContain(`snapshots/app/${job.id}`);
  expect(house.machine.kept.snapshots.get('app')?.get(job.id)?.data).toEqual({ a: 'first' });
  expect(house.machine.containers.has('app')).toBe(false);
});

/** Calls of the update itself, counted from the moment it begins. */
function killAt(place: number, how: 'before' | 'after' | 'refused'): Promise<void> {
  const reached = Promise.withResolvers<void>();
  let count = 0;
  house.machine.before = () => {
    if (count++ !== place) return;
    reached.resolve();
    if (how === 'refused') throw new Error('No space left on device');
    return new Promise(() => undefined);
  };
  return reached.promise;
}

describe('killed at any step, an update ends in the old or the new state', () => {
  test.each(Array.from({ length: 24 }, (_, place) => place))('before call %i of the engine', async (place) => {
    const first = await settled();
    script('two', migrating(healthy));
    const reached = killAt(place, 'before');
    const { job } = await first.services.install(request('two'));
    const over = await Promise.race([reached.then(() => false), first.jobs.wait(job).then(() => true)]);
    if (over) return newState(first);
    await house.crash();
    house.machine.before = () => undefined;
    const second = await house.boot();
    const row = await second.jobs.wait(job);
    if (row.state === 'succeeded') await newState(second);
    else await oldState(second);
  });

  test.each(Array.from({ length: 24 }, (_, place) => place))('call %i of the engine fails', async (place) => {
    const kernel = await settled();
    script('two', migrating(healthy));
    void killAt(place, 'refused');
    const { job } = await kernel.services.install(request('two'));
    const row = await kernel.jobs.wait(job);
    if (row.state === 'succeeded' || row.step === 'finish') await newState(kernel);
    else await oldState(kernel);
  });
});
