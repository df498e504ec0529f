/** Services that keep their containers while they are stopped, as long as there is something to hear. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Manifest } from '@hearth/contract';
import type { Script } from '../testing/fake-guest.ts';
import { actual, House, type Kernel, until } from '../testing/house.ts';

jest.setTimeout(60_000);
let house: House;
let kernel: Kernel;
beforeEach(async () => {
  house = await House.build();
  kernel = await house.boot();
});
afterEach(() => house.demolish());

const put = (id: string, script: Script, manifest: Partial<Manifest> = {}) =>
  house.put(kernel, id, script, { start: false, ...manifest });
const up = (id: string): boolean => house.machine.containers.has(id);
const parked = (id: string) => until(() => !up(id), `${id} to be parked`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const start = async (id: string) => {
  await kernel.services.start(id);
  await actual(kernel, id, 'running');
};
const stop = async (id: string) => {
  await kernel.services.stop(id);
  await actual(kernel, id, 'stopped');
};
/** Several times the time after which an idle container goes, on this scale. */
const aWhile = () => pause(1500);

const watching: Script = { init: (_kind, effects) => effects.watch('/media/startos/volumes/main/settings.json') };
const editor = (readonly = false): Script => ({
  init: async (_kind, effects) => {
    await effects.call('set-dependencies', {
      dependencies: [{ kind: 'exists', id: 'app', versionRange: '*' }],
    });
  },
  main: async (effects) => {
    const target = { packageId: 'app', volumeId: 'main', subpath: null, readonly, idmap: [] };
    await effects.call('mount', { location: '/mnt/app', target });
  },
});

test('one that watches files which another can write stays while that runs, and lies down after it', async () => {
  await put('app', watching);
  await put('editor', editor());
  await start('app');
  await start('editor');
  const { instance } = house.machine.containers.get('app')!;
  await stop('app');
  await aWhile();
  // The very same: nothing that was written meanwhile is missed.
  expect(house.machine.containers.get('app')?.instance).toBe(instance);
  await stop('editor');
  await parked('app');
});

test('one that lies parked is brought back when another comes that can write what it watches', async () => {
  await put('app', watching);
  await put('editor', editor());
  await parked('app');
  await start('editor');
  await until(() => up('app'), 'it to wake');
  await aWhile();
  expect(up('app')).toBe(true);
  // Another kernel knows of the mount, though its container was made under this one.
  await house.crash();
  kernel = await house.boot();
  await actual(kernel, 'editor', 'running');
  await until(() => up('app') && house.machine.guest('app').phase === 'loaded', 'it to be brought back');
  await aWhile();
  expect(up('app')).toBe(true);
  await stop('editor');
  await parked('app');
});

test('who may only read, or writes where nobody watches, wakes nobody', async () => {
  await put('app', watching);
  await put('reader', editor(true));
  await parked('app');
  const before = house.machine.calls.length;
  await start('reader');
  await aWhile();
  const woken = house.machine.calls.slice(before).filter(({ verb, input }) => {
    return verb === 'container.start' && (input as { service: string }).service === 'app';
  });
  expect(woken).toEqual([]);
});

test('one that watches files of another stays while that is at work', async () => {
  await put('app', {});
  const follower: Script = {
    init: async (_kind, effects) => {
      await editor(true).init?.(null, effects);
      await editor(true).main?.(effects);
      effects.watch('/mnt/app/news');
    },
  };
  await put('follower', follower);
  await parked('follower');
  await start('app');
  await until(() => up('follower'), 'it to wake');
  await aWhile();
  expect(up('follower')).toBe(true);
  await stop('app');
  await parked('follower');
});

test('one that opted out, or gives addresses to others, never lies down', async () => {
  await put('app', {}, { neverParked: true });
  await put('tor', {}, { plugins: ['url-v0'] });
  for (const id of ['app', 'tor']) {
    await start(id);
    await stop(id);
  }
  await aWhile();
  expect([up('app'), up('tor')]).toEqual([true, true]);
});
