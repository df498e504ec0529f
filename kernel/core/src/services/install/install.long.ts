import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageSource } from '@hearth/contract';
import { makePackage } from '../testing/fake-package.ts';
import { actual, House, type Kernel, until } from '../testing/house.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
let vouched: Record<string, { rootSighash: string; rootMaxsize: number }>;

/** Archives in a folder, by the name in the request. */
const shelf: PackageSource = {
  name: 'shelf',
  async fetch(input, destination, { progress }) {
    const file = String(input['file']);
    await copyFile(join(house.folder, file), destination);
    progress(1, 1);
    return { registry: 'https://registry.test/', commitment: vouched[file] ?? null };
  },
  async fill(_input, service) {
    house.machine.versions.set(service, 'restored');
  },
};

beforeEach(async () => {
  house = await House.build();
  vouched = {
    one: await makePackage(join(house.folder, 'one'), 'app'),
    two: await makePackage(join(house.folder, 'two'), 'app', { manifest: { version: '2.0:0' } }),
  };
});
afterEach(() => house.demolish());

const boot = (): Promise<Kernel> => house.boot(undefined, [shelf]);
const install = async (kernel: Kernel, file = 'one', more: object = {}) => {
  const request = { id: 'app', title: 'The app', source: 'shelf', input: { file }, start: true, ...more };
  return kernel.jobs.wait((await kernel.services.install(request)).job);
};

const nothingLeft = async (kernel: Kernel): Promise<void> => {
  expect(house.machine.traces('app')).toEqual([]);
  expect(await house.litter('app')).toEqual([]);
  expect(kernel.services.read('app')).toBeNull();
};

describe('install', () => {
  test('verifies, sets up, starts and tells', async () => {
    const kernel = await boot();
    const job = await install(kernel);
    expect(job).toMatchObject({ state: 'succeeded', error: null, result: { version: '1.0:0' }, service: 'app' });
    const row = await actual(kernel, 'app', 'running');
    expect(row).toMatchObject({ index: 2, job: null, error: null, status: { desired: 'running', crashes: 0 } });
    expect(row.package).toMatchObject({ ...vouched['one'], registry: 'https://registry.test/' });
    expect(house.machine.guest('app').asked).toEqual(['init install', 'start']);
    const kept = join(house.places.data, kernel.services.archive('app'));
    expect((await readFile(kept)).length).toBe(row.package.size);
    expect(kernel.events.told).toContainEqual({
      event: 'service.installed',
      value: { service: 'app', version: '1.0:0' },
    });
    expect((await house.litter('app')).filter((name) => name.startsWith('staging'))).toEqual([]);
  });

  test.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['a flipped bit in a file', (bytes) => flip(bytes, bytes.length - 10), 's9pk.hashMismatch'],
    ['a wrong signature', (bytes) => flip(bytes, 40), 's9pk.badSignature'],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 100), 's9pk.outOfBounds'],
    ['no archive at all', () => Buffer.from('hello'), 's9pk.truncated'],
  ])('refuses %s and leaves nothing behind', async (_name, spoil, code) => {
    await writeFile(join(house.folder, 'bad'), spoil(await readFile(join(house.folder, 'one'))));
    const kernel = await boot();
    const job = await install(kernel, 'bad');
    expect(job.error?.code).toBe(code);
    await nothingLeft(kernel);
  });

  test.each<[string, object, object, string]>([
    ['another package', { manifest: { id: 'other' } }, {}, 'services.wrongPackage'],
    ['another architecture', { architecture: 'aarch64' }, {}, 's9pk.architectureAbsent'],
    ['a newer system', { manifest: { osVersion: '99.0.0' } }, {}, 'services.needsNewer'],
    [
      'more memory',
      { manifest: { hardwareRequirements: { device: [], ram: 9e9, arch: null } } },
      {},
      'services.needsMemory',
    ],
  ])('refuses a package for %s', async (_name, options, _more, code) => {
    await makePackage(join(house.folder, 'odd'), 'app', options);
    const kernel = await boot();
    expect((await install(kernel, 'odd')).error?.code).toBe(code);
    await nothingLeft(kernel);
  });

  test('refuses what its source does not vouch for', async () => {
    vouched['one'] = { ...vouched['one']!, rootSighash: '0'.repeat(64) };
    const kernel = await boot();
    expect((await install(kernel)).error?.code).toBe('s9pk.commitmentMismatch');
    await nothingLeft(kernel);
  });

  test('says how much room it needs', async () => {
    house.machine.diskFree = 1000;
    const kernel = await boot();
    const job = await install(kernel);
    await nothingLeft(kernel);
    expect(job.error).toMatchObject({ code: 'services.noSpace', data: { free: 1000, needed: expect.any(Number) } });
  });

  test('a script that fails its init leaves nothing behind', async () => {
    house.machine.scripts.set('app', { init: () => Promise.reject(new Error('no license key')) });
    const kernel = await boot();
    const job = await install(kernel);
    expect(job).toMatchObject({ state: 'failed', step: 'setUp', error: { code: 'services.scriptFailed' } });
    expect(job.error?.message).toContain('no license key');
    await nothingLeft(kernel);
  });

  test('what a script tells about its init shows beside the bar', async () => {
    const seen: unknown[] = [];
    let go = (): void => undefined;
    house.machine.scripts.set('app', {
      async init(_kind, effects) {
        await effects.call('set-init-progress', {
          progress: {
            overall: { done: 1, total: 4, units: null },
            phases: [{ name: 'Fetching keys', progress: false }],
          },
        });
        await new Promise<void>((resolve) => {
          go = resolve;
        });
      },
    });
    const kernel = await boot();
    const running = install(kernel);
    await until(() => {
      const told = house.progress();
      seen.push(told);
      return JSON.stringify(told).includes('Fetching keys');
    }, 'the progress to show');
    go();
    expect((await running).state).toBe('succeeded');
  });

  const verbs = ['host.usage', 'volume.list', 'image.import', 'volume.create', 'container.start'] as const;

  test.each(verbs)('cancelled while the engine is at "%s", leaves nothing behind', async (verb) => {
    const kernel = await boot();
    const reached = Promise.withResolvers<void>();
    house.machine.before = (asked, _input, signal) => {
      if (asked !== verb) return;
      reached.resolve();
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const { job } = await kernel.services.install({ id: 'app', title: 'App', source: 'shelf', input: { file: 'one' } });
    if (verb === 'host.usage') house.machine.before = () => undefined;
    else await reached.promise;
    await kernel.methods.get('package.cancel-install')?.run({ id: 'app' }, {} as never);
    expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'cancelled' });
    await nothingLeft(kernel);
  });

  test.each(verbs)('killed while the engine is at "%s", leaves nothing behind', async (verb) => {
    const first = await boot();
    const reached = Promise.withResolvers<void>();
    house.machine.before = (asked) => {
      if (asked !== verb) return;
      reached.resolve();
      return new Promise(() => undefined);
    };
    const { job } = await first.services.install({ id: 'app', title: 'App', source: 'shelf', input: { file: 'one' } });
    await reached.promise;
    await house.crash();
    house.machine.before = () => undefined;
    const second = await boot();
    expect(await second.jobs.wait(job)).toMatchObject({ state: 'failed', error: { code: 'jobs.interrupted' } });
    await nothingLeft(second);
    expect((await install(second)).state).toBe('succeeded');
  });

  test('killed during the init of the script, leaves nothing behind', async () => {
    const reached = Promise.withResolvers<void>();
    house.machine.scripts.set('app', {
      init: () => {
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const first = await boot();
    const { job } = await first.services.install({ id: 'app', title: 'App', source: 'shelf', input: { file: 'one' } });
    await reached.promise;
    await house.crash();
    const second = await boot();
    await second.jobs.wait(job);
    await nothingLeft(second);
  });
});

describe('restore', () => {
  test('fills the volumes before the script first runs', async () => {
    const seen: unknown[] = [];
    house.machine.scripts.set('app', {
      async init(kind, effects) {
        seen.push(kind, await effects.call('get-data-version'));
      },
    });
    const kernel = await boot();
    expect(await install(kernel, 'one', { restore: true })).toMatchObject({ state: 'succeeded' });
    expect(seen).toEqual(['restore', 'restored']);
    await expect(install(kernel, 'one', { restore: true })).rejects.toMatchObject({
      code: 'services.alreadyInstalled',
    });
  });
});

describe('update', () => {
  test('the old version takes its leave, the new one sets itself up, the data stays', async () => {
    const kernel = await boot();
    await install(kernel);
    await actual(kernel, 'app', 'running');
    house.machine.versions.set('app', '1.0:0');
    const targets: unknown[] = [];
    house.machine.scripts.set('app', { exit: (target) => void targets.push(target) });
    const first = house.machine.guest('app');
    expect(await install(kernel, 'two')).toMatchObject({ state: 'succeeded', kind: 'package.update' });
    const row = await actual(kernel, 'app', 'running');
    expect(row.manifest.version).toBe('2.0:0');
    expect(first.asked.slice(2)).toEqual(['stop']);
    expect(targets).toEqual(['1.0:0']);
    expect(house.machine.guest('app').asked).toEqual(['init update', 'start']);
    expect(house.machine.versions.get('app')).toBe('1.0:0');
    expect([...house.machine.images.get('app')!]).toEqual([vouched['two']!.rootSighash]);
    expect((await house.litter('app')).filter((name) => name.startsWith('packages'))).toHaveLength(1);
  });

  test('goes back to the old version when the new one fails', async () => {
    const kernel = await boot();
    await install(kernel);
    const before = await actual(kernel, 'app', 'running');
    let container = 0;
    house.machine.scripts.set('app', {
      init: (kind) => {
        container += 1;
        if (kind === 'update') throw new Error('cannot migrate');
      },
    });
    const job = await install(kernel, 'two');
    expect(job).toMatchObject({ state: 'failed', step: 'migrate' });
    const row = await actual(kernel, 'app', 'running');
    expect(row.manifest).toEqual(before.manifest);
    expect(row.package).toEqual(before.package);
    expect(container).toBeGreaterThan(1);
    expect([...house.machine.images.get('app')!]).toEqual([vouched['one']!.rootSighash]);
    expect(house.machine.volumes.has('app')).toBe(true);
  });

  test('killed while the new version sets itself up, comes back as the old one', async () => {
    const first = await boot();
    await install(first);
    await actual(first, 'app', 'running');
    const reached = Promise.withResolvers<void>();
    house.machine.scripts.set('app', {
      init: (kind) => {
        if (kind !== 'update') return;
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const { job } = await first.services.install({ id: 'app', title: 'App', source: 'shelf', input: { file: 'two' } });
    await reached.promise;
    await house.crash();
    const second = await boot();
    expect(await second.jobs.wait(job)).toMatchObject({ state: 'failed' });
    expect((await actual(second, 'app', 'running')).manifest.version).toBe('1.0:0');
    expect([...house.machine.images.get('app')!]).toEqual([vouched['one']!.rootSighash]);
  });

  test('refuses a path nobody can migrate, and touches nothing', async () => {
    await makePackage(join(house.folder, 'far'), 'app', { manifest: { version: '9.0:0', canMigrateFrom: '>=8.0:0' } });
    const kernel = await boot();
    await install(kernel);
    const guest = (await actual(kernel, 'app', 'running'), house.machine.guest('app'));
    const job = await install(kernel, 'far');
    expect(job.error?.code).toBe('services.cannotMigrate');
    expect(guest.asked).toEqual(['init install', 'start']);
  });
});

describe('uninstall', () => {
  const remove = async (kernel: Kernel, options = { keepData: false, force: false }) =>
    kernel.jobs.wait((await kernel.services.uninstall('app', options)).job);

  test('takes everything, and tells the script so', async () => {
    const targets: unknown[] = [];
    house.machine.scripts.set('app', { exit: (target) => void targets.push(target) });
    const kernel = await boot();
    await install(kernel);
    await actual(kernel, 'app', 'running');
    expect(await remove(kernel)).toMatchObject({ state: 'succeeded' });
    expect(targets).toEqual([null]);
    await nothingLeft(kernel);
    expect(kernel.events.told).toContainEqual({ event: 'service.removed', value: { service: 'app' } });
  });

  test('keeps data when asked to; a failed install after it does not take them', async () => {
    const targets: unknown[] = [];
    house.machine.scripts.set('app', { exit: (target) => void targets.push(target) });
    const kernel = await boot();
    await install(kernel);
    await remove(kernel, { keepData: true, force: false });
    expect(targets).toEqual(['1.0:0']);
    expect(house.machine.traces('app')).toEqual(['volumes']);
    house.machine.scripts.set('app', { init: () => Promise.reject(new Error('no')) });
    expect((await install(kernel)).state).toBe('failed');
    expect(house.machine.traces('app')).toEqual(['volumes']);
    await expect(install(kernel, 'one', { restore: true })).resolves.toMatchObject({
      error: { code: 'services.dataKept' },
    });
    expect(await remove(kernel)).toMatchObject({ state: 'succeeded' });
    await nothingLeft(kernel);
  });

  test('a script that refuses keeps its service, unless forced', async () => {
    house.machine.scripts.set('app', { exit: () => Promise.reject(new Error('still needed')) });
    const kernel = await boot();
    await install(kernel);
    await actual(kernel, 'app', 'running');
    expect(await remove(kernel)).toMatchObject({ state: 'failed', error: { code: 'services.scriptFailed' } });
    const row = await actual(kernel, 'app', 'failed');
    expect(row.status.reason).toContain('still needed');
    expect(row.job).toBeNull();
    expect(await remove(kernel, { keepData: false, force: true })).toMatchObject({ state: 'succeeded' });
    await nothingLeft(kernel);
  });

  test.each(['container.stop', 'container.remove', 'image.remove', 'volume.remove'] as const)(
    'killed while the engine is at "%s", goes on to the end',
    async (verb) => {
      const first = await boot();
      await install(first);
      await actual(first, 'app', 'running');
      const reached = Promise.withResolvers<void>();
      house.machine.before = (asked) => {
        if (asked !== verb) return;
        reached.resolve();
        return new Promise(() => undefined);
      };
      const { job } = await first.services.uninstall('app', { keepData: false, force: false });
      await reached.promise;
      await house.crash();
      house.machine.before = () => undefined;
      const second = await boot();
      const row = await second.jobs.wait(job);
      // Before the point of no return a redo job also goes on; either way nothing is half done.
      expect(row.state).toBe('succeeded');
      await nothingLeft(second);
    },
  );
});

test('rebuild makes the container anew from the kept archive', async () => {
  const kernel = await boot();
  await install(kernel);
  await actual(kernel, 'app', 'running');
  const before = house.machine.guest('app');
  const { job } = (await kernel.methods.get('package.rebuild')!.run({ id: 'app' }, {} as never)) as { job: string };
  expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'succeeded' });
  await actual(kernel, 'app', 'running');
  expect(before.asked.slice(2)).toEqual(['stop', 'exit 1.0:0']);
  expect(house.machine.guest('app').asked).toEqual(['init null', 'start']);
});

test('an uploaded file is installed under the name in its manifest', async () => {
  const upload = 'a'.repeat(32);
  await copyFile(join(house.folder, 'one'), join(house.places.staging, 'uploads', upload));
  const kernel = await boot();
  const context = { signal: new AbortController().signal } as never;
  const { job } = (await kernel.methods.get('package.sideload')!.run({ upload }, context)) as { job: string };
  expect(await kernel.jobs.wait(job)).toMatchObject({ state: 'succeeded', title: 'Install The app' });
  expect(kernel.services.read('app')?.package.registry).toBeNull();
});

function flip(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}
