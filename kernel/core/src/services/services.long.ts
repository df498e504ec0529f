import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Manifest } from '@hearth/contract';
import type { Script } from './testing/fake-guest.ts';
import { actual, House, type Kernel, until } from './testing/house.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;

beforeEach(async () => {
  house = await House.build();
});
afterEach(() => house.demolish());

const boot = (scale?: number): Promise<Kernel> => house.boot(scale);

const put = (kernel: Kernel, id: string, script: Script = {}, manifest: Partial<Manifest> = {}, start = true) =>
  house.put(kernel, id, script, { start, ...manifest });

describe('a service', () => {
  test('is stopped, started and restarted, and each state has its reason', async () => {
    const kernel = await boot();
    await put(kernel, 'app');
    const first = house.machine.guest('app');
    await kernel.services.stop('app');
    const stopped = await actual(kernel, 'app', 'stopped');
    expect(stopped.status).toMatchObject({ desired: 'stopped', reason: 'Stopped', startedAt: null, deadline: null });
    expect(first.asked).toEqual(['init install', 'start', 'stop']);
    expect(house.machine.containers.has('app')).toBe(false);

    await kernel.services.start('app');
    await actual(kernel, 'app', 'running');
    const second = house.machine.guest('app');
    expect(second.asked).toEqual(['init null', 'start']);

    await kernel.services.restart('app');
    await until(
      () => house.machine.containers.get('app')?.guest !== second && house.machine.containers.has('app'),
      'a new run',
    );
    await actual(kernel, 'app', 'running');
    expect(second.asked).toEqual(['init null', 'start', 'stop']);
    const moves = kernel.events.told.flatMap(({ event, value }) =>
      event === 'service.status' ? [(value as { to: string }).to] : [],
    );
    expect(moves).toEqual([
      ...['stopped', 'starting', 'running', 'stopping', 'stopped'],
      ...['starting', 'running', 'stopping', 'stopped', 'starting', 'running'],
    ]);
  });

  test('that hangs in its stop is ended by force within its deadline', async () => {
    const kernel = await boot(0.005);
    await put(kernel, 'app', { stop: () => new Promise(() => undefined) });
    await kernel.services.stop('app');
    const stopping = await actual(kernel, 'app', 'stopping');
    expect(stopping.status.deadline).toBeGreaterThan(Date.now());
    const row = await actual(kernel, 'app', 'stopped');
    expect(row.status.reason).toMatch(/by force/);
    expect(house.machine.calls.filter(({ verb }) => verb === 'container.stop').at(-1)?.input).toEqual({
      service: 'app',
      killAfterMs: 0,
    });
  });

  test('whose start hangs is stopped when the owner says so', async () => {
    const kernel = await boot();
    await put(kernel, 'app', { main: () => new Promise(() => undefined) }, {}, false);
    await kernel.services.start('app');
    await actual(kernel, 'app', 'starting');
    await until(() => house.machine.containers.get('app')?.guest.asked.includes('start'), 'the start');
    await kernel.services.stop('app');
    await actual(kernel, 'app', 'stopped');
    expect(house.machine.containers.has('app')).toBe(false);
  });

  test('that dies is started again after a pause, which grows', async () => {
    const kernel = await boot();
    await put(kernel, 'app');
    house.machine.die('app');
    const crashed = await actual(kernel, 'app', 'crashed');
    expect(crashed.status).toMatchObject({ crashes: 1, desired: 'running', reason: 'It ended by itself' });
    const again = await actual(kernel, 'app', 'running');
    expect(again.status.since - crashed.status.since).toBeGreaterThanOrEqual(1000);
    house.machine.die('app', 'outOfMemory');
    const second = await actual(kernel, 'app', 'crashed');
    expect(second.status).toMatchObject({ crashes: 2, reason: 'It ran out of memory and ended' });
    expect(kernel.events.told).toContainEqual({
      event: 'service.notification',
      value: expect.objectContaining({ service: 'app', level: 'error' }),
    });
    await kernel.services.stop('app');
    expect((await actual(kernel, 'app', 'stopped')).status.crashes).toBe(0);
  });

  test('that was healthy for a while starts from nought with its crashes', async () => {
    const kernel = await boot(0.002);
    await put(kernel, 'app');
    house.machine.die('app');
    await actual(kernel, 'app', 'crashed');
    await actual(kernel, 'app', 'running');
    await until(() => kernel.services.read('app')?.status.crashes === 0, 'the crashes to be forgotten');
  });

  test('whose script fails to load says why, and comes up when it can', async () => {
    const kernel = await boot();
    let broken = true;
    await put(
      kernel,
      'app',
      {
        init: (kind) => {
          if (kind === null && broken) throw new Error('the disk is upside down');
        },
      },
      {},
      false,
    );
    await kernel.services.stop('app');
    house.machine.die('app');
    await kernel.services.start('app');
    const row = await actual(kernel, 'app', 'crashed');
    expect(row.error).toMatchObject({ code: 'services.scriptFailed', details: 'the disk is upside down' });
    broken = false;
    expect((await actual(kernel, 'app', 'running')).error).toBeNull();
  });

  test('restarts and shuts down when its script asks for it', async () => {
    const kernel = await boot();
    await put(kernel, 'app');
    const first = house.machine.guest('app');
    await first.call('restart');
    await until(() => first.asked.filter((each) => each === 'start').length === 2, 'another run of main');
    await actual(kernel, 'app', 'running');
    // In the container it ran in, set up as it was.
    expect(house.machine.guest('app')).toBe(first);
    expect(first.asked.filter((each) => each.startsWith('init'))).toHaveLength(1);
    await kernel.services.restart('app');
    await until(() => house.machine.containers.has('app') && house.machine.guest('app') !== first, 'another container');
    await actual(kernel, 'app', 'running');
    await house.machine.guest('app').call('shutdown');
    expect((await actual(kernel, 'app', 'stopped')).status.desired).toBe('stopped');
  });

  test('is parked: a stopped one has no container, and gets one back for an action', async () => {
    const kernel = await boot();
    await put(
      kernel,
      'app',
      {
        init: (_kind, effects) => exportAction(effects, 'greet', { allowedStatuses: 'only-stopped' }),
        execute: async (procedure, input) => ({ procedure, input }),
      },
      {},
      false,
    );
    await until(() => !house.machine.containers.has('app'), 'it to be parked');
    const run = kernel.methods.get('package.action.run')!;
    const context = { signal: new AbortController().signal } as never;
    const answer = await run.run({ packageId: 'app', actionId: 'greet', input: { name: 'Ann' } }, context);
    expect(answer).toEqual({ procedure: '/actions/greet/run', input: { input: { name: 'Ann' } } });
    expect(kernel.services.read('app')?.status.actual).toBe('stopped');
    await until(() => !house.machine.containers.has('app'), 'it to be parked again');
  });
});

describe('what a parked script watches', () => {
  const watching: Script = {
    init: async (_kind, effects) => {
      await effects.call('get-status', { packageId: 'db', callback: 1 });
    },
  };

  test('wakes it, once, when it changes; it reads again and lies down again', async () => {
    const kernel = await boot();
    await put(kernel, 'db');
    await put(kernel, 'app', watching, {}, false);
    await until(() => !house.machine.containers.has('app'), 'it to be parked');
    const before = house.machine.calls.filter(({ verb }) => verb === 'container.start').length;
    await kernel.services.stop('db');
    const guest = await until(() => house.machine.containers.get('app')?.guest, 'it to wake');
    await until(() => guest.asked.includes('init null'), 'its init');
    expect(guest.fired).toEqual([]);
    expect(kernel.services.read('app')?.status.actual).toBe('stopped');
    await until(() => !house.machine.containers.has('app'), 'it to be parked again');
    await actual(kernel, 'db', 'stopped');
    const starts = house.machine.calls.filter(
      ({ verb, input }) => verb === 'container.start' && (input as any).service === 'app',
    );
    // At its install, and one or two times for the two moves of the other.
    expect(starts.length).toBeLessThanOrEqual(3);
    expect(house.machine.calls.filter(({ verb }) => verb === 'container.start').length).toBeGreaterThan(before);
  });

  test('leaves it alone when it is told by a start anyway, or is wanted no more', async () => {
    const kernel = await boot();
    await put(kernel, 'db');
    await put(kernel, 'app', watching);
    await kernel.services.stop('app');
    await actual(kernel, 'app', 'stopped');
    await kernel.jobs.wait((await kernel.services.uninstall('app', { keepData: false, force: false })).job);
    const { length } = house.machine.calls;
    await kernel.services.stop('db');
    await actual(kernel, 'db', 'stopped');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(house.machine.calls.slice(length).map(({ verb }) => verb)).not.toContain('container.start');
  });
});

describe('another kernel', () => {
  test('adopts what runs: nothing restarts, callbacks fire once, health is there again', async () => {
    const first = await boot();
    await put(first, 'app');
    const guest = house.machine.guest('app');
    await guest.call('set-health', { id: 'web', name: 'Web', result: 'success', message: null });
    expect(first.services.health('app')['web']).toMatchObject({ result: 'success' });
    const { since } = first.services.health('app')['web']!;
    guest.health = { web: { name: 'Web', result: 'success', message: null, since } };
    guest.callbacks = [{ id: 7, method: 'get-host-info', params: {} }];
    await house.crash();
    const asked = [...guest.asked];
    const second = await boot();
    await until(() => guest.hellos === 2, 'the guest to come back');
    const row = await actual(second, 'app', 'running');
    expect(row.status.startedAt).toBe(first.services.read('app')?.status.startedAt);
    expect(await until(() => second.services.health('app')['web'], 'health')).toMatchObject({ since });
    await until(() => guest.fired.length > 0, 'the callback');
    expect(guest.fired).toEqual([{ id: 7, args: [] }]);
    expect(guest.asked).toEqual(asked);
    await second.services.stop('app');
    await actual(second, 'app', 'stopped');
    expect(guest.asked.at(-1)).toBe('stop');
  });

  test('goes on with a start that is under way', async () => {
    let finish = (): void => undefined;
    const first = await boot();
    const main = (): Promise<void> =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await put(first, 'app', { main }, {}, false);
    await first.services.start('app');
    await actual(first, 'app', 'starting');
    const guest = await until(() => house.machine.containers.get('app')?.guest, 'a guest');
    await until(() => guest.asked.includes('start'), 'the start');
    await house.crash();
    const second = await boot();
    await until(() => guest.hellos === 2, 'the guest to come back');
    finish();
    await actual(second, 'app', 'running');
    expect(guest.asked.filter((each) => each === 'start')).toHaveLength(1);
  });

  test('takes a start that ended meanwhile from the hello', async () => {
    let finish = (): void => undefined;
    const first = await boot();
    const main = (): Promise<void> =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await put(first, 'app', { main }, {}, false);
    await first.services.start('app');
    const guest = await until(() => house.machine.containers.get('app')?.guest, 'a guest');
    await until(() => guest.asked.includes('start'), 'the start');
    await house.crash();
    finish();
    await until(() => guest.phase === 'running', 'main to be up');
    const second = await boot();
    await actual(second, 'app', 'running');
    expect(guest.asked.filter((each) => each === 'start')).toHaveLength(1);
    await until(() => guest.acknowledged.length > 0, 'the acknowledgement');
  });

  test('finishes a stop that hung, and a backup that was cut off', async () => {
    const first = await boot();
    await put(first, 'app', { stop: () => new Promise(() => undefined) });
    await first.services.stop('app');
    await actual(first, 'app', 'stopping');
    await house.crash();
    const second = await boot();
    await actual(second, 'app', 'stopped');
    expect(house.machine.containers.has('app')).toBe(false);
  });

  test('starts after a power cut what ran before, in the order of need', async () => {
    const first = await boot();
    await put(first, 'base');
    await put(first, 'app', {
      init: async (_kind, effects) => {
        const dependencies = [{ kind: 'running', id: 'base', healthChecks: [], versionRange: '*' }];
        await effects.call('set-dependencies', { dependencies });
      },
    });
    await put(first, 'idle', {}, {}, false);
    await house.crash();
    house.machine.powerCut();
    const second = await boot();
    await actual(second, 'app', 'running');
    const up = second.events.told.flatMap(({ event, value }) => {
      const { service, to } = value as { service: string; to: string };
      return event === 'service.status' && to === 'running' ? [service] : [];
    });
    expect(up).toEqual(['base', 'app']);
    expect(second.services.read('app')?.status.crashes).toBe(0);
    expect(second.services.read('idle')?.status.actual).toBe('stopped');
  });

  test('removes a container that belongs to nobody', async () => {
    house.machine.made.add('ghost');
    await boot();
    expect(house.machine.made.has('ghost')).toBe(false);
  });
});

describe('the connection', () => {
  test('may break under a running service; what was asked meanwhile is answered', async () => {
    const kernel = await boot();
    let finish = (): void => undefined;
    await put(kernel, 'app', {
      init: (_kind, effects) => exportAction(effects, 'slow'),
      execute: () =>
        new Promise((resolve) => {
          finish = () => resolve('done');
        }),
    });
    const guest = house.machine.guest('app');
    const run = kernel.methods.get('package.action.run')!;
    const context = { signal: new AbortController().signal } as never;
    const answer = run.run({ packageId: 'app', actionId: 'slow' }, context) as Promise<unknown>;
    await until(() => guest.asked.includes('execute /actions/slow/run'), 'the action');
    guest.hangUp();
    finish();
    expect(await answer).toBe('done');
    expect(kernel.services.read('app')?.status.actual).toBe('running');
  });

  test('a guest that stays away counts as a crash', async () => {
    const kernel = await boot();
    await put(kernel, 'app');
    house.machine.guest('app').end();
    const row = await actual(kernel, 'app', 'crashed');
    expect(row.status.reason).toBe('Its inside stopped answering');
    await actual(kernel, 'app', 'running');
  });
});

describe('a backup', () => {
  test('holds the service still, hands over what the script wants kept, and brings it back', async () => {
    const kernel = await boot();
    const pair = { volume: 'main', subpath: '', destination: 'volumes/main', excludes: ['cache'] };
    await put(kernel, 'app', { execute: async () => ({ pairs: [pair] }) });
    const guest = house.machine.guest('app');
    const result = await kernel.services.backUp(
      'app',
      async (pairs) => {
        expect(kernel.services.read('app')?.status.actual).toBe('backing-up');
        expect(guest.phase).toBe('loaded');
        return pairs;
      },
      new AbortController().signal,
    );
    expect(result).toEqual([pair]);
    await actual(kernel, 'app', 'running');
    expect(guest.asked.slice(2)).toEqual(['stop', 'execute /backup/create', 'start']);
    await kernel.services.markBackedUp('app', 5);
    expect(kernel.services.read('app')?.lastBackup).toBe(5);
  });

  test('that fails brings the service back all the same', async () => {
    const kernel = await boot();
    await put(kernel, 'app');
    const backup = kernel.services.backUp(
      'app',
      () => Promise.reject(new Error('no tape')),
      new AbortController().signal,
    );
    await expect(backup).rejects.toThrow('no tape');
    await actual(kernel, 'app', 'running');
  });

  test('of a parked service wakes it and lets it lie down again', async () => {
    const kernel = await boot();
    await put(kernel, 'app', {}, {}, false);
    await until(() => !house.machine.containers.has('app'), 'it to be parked');
    await kernel.services.backUp('app', async () => undefined, new AbortController().signal);
    expect(kernel.services.read('app')?.status).toMatchObject({ actual: 'stopped', desired: 'stopped' });
    await until(() => !house.machine.containers.has('app'), 'it to be parked again');
  });
});

function exportAction(effects: { call(method: string, params: object): Promise<unknown> }, id: string, more = {}) {
  const metadata = {
    name: id,
    description: '',
    warning: null,
    visibility: 'enabled',
    allowedStatuses: 'any',
    hasInput: true,
    group: null,
    ...more,
  };
  return effects.call('action.export', { id, metadata }).then(() => undefined);
}
