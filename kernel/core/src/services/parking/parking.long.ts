import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Script } from '../testing/fake-guest.ts';
import { actual, House, type Kernel, until } from '../testing/house.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

const many = 20;
let house: House;
let kernel: Kernel;
beforeEach(async () => {
  house = await House.build();
  kernel = await house.boot();
});
afterEach(() => house.demolish());

const put = (id: string, script: Script = {}, start = false, plugins: string[] = []) =>
  house.put(kernel, id, script, { start, plugins });

const ids = (name: string): string[] => Array.from({ length: many }, (_, number) => `${name}-${number}`);
const parked = (id: string) =>
  until(
    () => !house.machine.containers.has(id) && (house.slice('parkedServices') as object | undefined)?.[id as never],
    `${id} to be parked`,
  );
const starts = (id?: string): number =>
  house.machine.calls.filter(
    ({ verb, input }) => verb === 'container.start' && (id === undefined || (input as any).service === id),
  ).length;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** What a boot gives everything to come up, and what parked services are woken after, on this scale. */
const settled = () => pause(1200 + 400);

async function reboot(power = false): Promise<void> {
  await house.crash();
  if (power) house.machine.powerCut();
  kernel = await house.boot();
}

const bind = { id: 'web', internalPort: 80, preferredExternalPort: 5080, secure: null, addSsl: null };
const watching: Script = {
  init: async (_kind, effects) => {
    await effects.call('get-host-info', { packageId: 'db', hostId: 'web', callback: 1 });
  },
};

describe('twenty stopped services', () => {
  test('cost nothing, and another kernel lets them lie', async () => {
    for (const id of ids('app')) await put(id, watching);
    for (const id of ids('app')) await parked(id);
    expect(house.machine.containers.size).toBe(0);
    for (const power of [false, true]) {
      const before = starts();
      await reboot(power);
      await settled();
      expect(starts() - before).toBe(0);
    }
  });

  test('wait for the same things under another kernel, and only those it concerns are woken, once', async () => {
    await put('db', {}, true);
    const [chosen = '', ...others] = ids('app');
    await put(chosen, watching);
    for (const id of others) await put(id);
    for (const id of [chosen, ...others]) await parked(id);
    await reboot();
    await actual(kernel, 'db', 'running');
    await settled();
    const before = starts();
    await house.machine.guest('db').call('bind', bind);
    const guest = await until(() => house.machine.containers.get(chosen)?.guest, 'it to wake');
    await until(() => guest.asked.includes('init null'), 'its init');
    expect(guest.fired).toEqual([]);
    await parked(chosen);
    expect(starts() - before).toBe(1);
    // It waits again.
    await house.machine.guest('db').call('bind', { ...bind, internalPort: 81 });
    await until(() => starts(chosen) >= 3, 'it to wake again');
  });
});

test('a service that gives addresses to others is there for them while it is stopped, also under another kernel', async () => {
  await put('tor', {}, false, ['url-v0']);
  await put('app');
  await parked('app');
  expect([...house.machine.containers.keys()]).toEqual(['tor']);
  await reboot(true);
  await until(() => house.machine.containers.has('tor'), 'it to come up');
  await settled();
  expect([...house.machine.containers.keys()]).toEqual(['tor']);
});

test('what changed while no kernel looked is told after the boot', async () => {
  const addressesFor = (hostname: string) => () => [
    { ssl: false, public: false, hostname, port: 80, metadata: { kind: 'ipv4' as const } },
  ];
  house.network = { addressesFor: addressesFor('10.0.0.1') } as never;
  const face = { id: 'ui', name: 'UI', description: '', masked: false, type: 'ui' };
  const addressInfo = { username: null, hostId: 'web', internalPort: 80, scheme: 'http', sslScheme: null, suffix: '' };
  await put('db', {
    init: async (_kind, effects) => {
      await effects.call('bind', bind);
      await effects.call('export-service-interface', { ...face, addressInfo });
    },
  });
  await put('app', watching);
  for (const id of ['db', 'app']) await parked(id);
  await reboot();
  await settled();
  expect(starts('app')).toBe(1);
  await house.crash();
  house.network = { addressesFor: addressesFor('10.0.0.2') } as never;
  kernel = await house.boot();
  await until(() => starts('app') === 2, 'it to wake');
});

test('one that was cut off in the middle of something is set up anew, once', async () => {
  await put('app');
  await parked('app');
  await kernel.services.start('app');
  await actual(kernel, 'app', 'running');
  await kernel.services.stop('app');
  await actual(kernel, 'app', 'stopped');
  await parked('app');
  const before = starts();
  const run = kernel.methods.get('package.action.get-input')!;
  const metadata = { name: 'a', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any' };
  house.machine.scripts.set('app', {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'set', metadata: { ...metadata, hasInput: true, group: null } });
    },
  });
  await kernel.services.start('app');
  await actual(kernel, 'app', 'running');
  await kernel.services.stop('app');
  await actual(kernel, 'app', 'stopped');
  // It is brought up for this; its script has no answer.
  await Promise.resolve(
    run.run({ packageId: 'app', actionId: 'set' }, { signal: new AbortController().signal } as never),
  ).catch(() => undefined);
  expect(house.machine.containers.has('app')).toBe(true);
  await reboot(true);
  await until(() => starts() - before === 3, 'it to be woken');
  await parked('app');
  await reboot();
  await settled();
  expect(starts() - before).toBe(3);
});

test('one that was cut off in its stop waits for the same things all the same', async () => {
  await put('db', {}, true);
  let finish = (): void => undefined;
  const stop = (): Promise<void> => new Promise((resolve) => (finish = resolve));
  await put('app', { ...watching, stop }, true);
  await kernel.services.stop('app');
  await actual(kernel, 'app', 'stopping');
  await reboot();
  finish();
  await actual(kernel, 'app', 'stopped');
  await parked('app');
  const before = starts('app');
  await house.machine.guest('db').call('bind', bind);
  await until(() => starts('app') > before, 'it to wake');
});

describe('a task on a parked service', () => {
  let value: Record<string, unknown>;
  let asked: number;
  const metadata = { name: 'Set', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any' };
  const store: Script = {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'set', metadata: { ...metadata, hasInput: true, group: null } });
    },
    execute: async (procedure) => {
      if (!procedure.endsWith('getInput')) value = { mode: 'shared' };
      else asked += 1;
      return procedure.endsWith('getInput') ? { spec: {}, value } : null;
    },
  };
  const user: Script = {
    init: async (_kind, effects) => {
      await effects.call('action.create-task', {
        ...{ replayId: 'mode', packageId: 'store', actionId: 'set', severity: 'important' },
        when: { once: false, condition: 'input-not-matches' },
        input: { kind: 'partial', accept: [{ mode: 'shared' }], set: { mode: 'shared' } },
      });
    },
  };
  const open = (id: string) => kernel.services.read(id)?.tasks['mode']?.active;
  const run = async () =>
    kernel.methods
      .get('package.action.run')!
      .run({ packageId: 'store', actionId: 'set', input: {} }, { signal: new AbortController().signal } as never);
  beforeEach(() => {
    value = { mode: 'private' };
    asked = 0;
  });

  test('is judged by what it last said: twenty that ask at a boot wake nobody', async () => {
    await put('store', store);
    for (const id of ids('user')) await put(id, user, true);
    expect(ids('user').map(open)).toEqual(Array.from({ length: many }, () => true));
    await run();
    await until(() => ids('user').every((id) => open(id) === false), 'the tasks to be done');
    await parked('store');
    const [before, askedBefore] = [starts('store'), asked];
    await reboot(true);
    for (const id of ids('user')) await actual(kernel, id, 'running');
    await settled();
    expect(ids('user').map(open)).toEqual(Array.from({ length: many }, () => false));
    expect([starts('store') - before, asked - askedBefore]).toEqual([0, 0]);
  });

  test('wakes it where what it said may hold no longer, and is judged then', async () => {
    await put('store', store);
    await put('user', user);
    await until(() => open('user') === true, 'the task');
    await kernel.services.start('store');
    await actual(kernel, 'store', 'running');
    value = { mode: 'shared' };
    await kernel.services.stop('store');
    await actual(kernel, 'store', 'stopped');
    for (const id of ['store', 'user']) await parked(id);
    expect(open('user')).toBe(true);
    const before = starts('store');
    await kernel.services.start('user');
    await until(() => open('user') === false, 'the task to be judged anew');
    expect(starts('store') - before).toBe(1);
  });

  test('that cannot be judged wakes it once, not for ever', async () => {
    await put('store');
    await put('user', user);
    await parked('store');
    const before = starts('store');
    for (const move of ['start', 'stop', 'start'] as const) {
      await kernel.services[move]('user');
      await actual(kernel, 'user', move === 'start' ? 'running' : 'stopped');
    }
    await settled();
    expect(starts('store') - before).toBeLessThanOrEqual(1);
    expect(open('user')).toBe(true);
  });
});
