import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Script } from './testing/fake-guest.ts';
import { actual, House, type Kernel, until } from './testing/house.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
beforeEach(async () => {
  house = await House.build();
});
afterEach(() => house.demolish());

const put = (kernel: Kernel, id: string, script: Script = {}, start = true, manifest = {}) =>
  house.put(kernel, id, script, { start, ...manifest });

const needs =
  (...ids: string[]): NonNullable<Script['init']> =>
  async (_kind, effects) => {
    const dependencies = ids.map((id) => ({ kind: 'running', id, healthChecks: [], versionRange: '*' }));
    await effects.call('set-dependencies', { dependencies });
  };
const hang = (): Promise<void> => new Promise(() => undefined);
const call = async (kernel: Kernel, name: string, input: object): Promise<any> => {
  const method = kernel.methods.get(name)!;
  return method.run(method.input.parse(input), { signal: new AbortController().signal } as never);
};

describe('the stop of everything', () => {
  test('goes from those that need to those that are needed, and what ran comes back at the next boot', async () => {
    const first = await house.boot();
    const order: string[] = [];
    const noted = (id: string): Script => ({
      stop: () => void order.push(`stop ${id}`),
      exit: (target) => void order.push(`exit ${id} ${target}`),
    });
    await put(first, 'base', noted('base'));
    await put(first, 'app', { ...noted('app'), init: needs('base') });
    await put(first, 'top', { ...noted('top'), init: needs('app') });
    await put(first, 'idle', noted('idle'), false);
    const report = await call(first, 'server.stop-services', {});
    expect(report).toEqual({ stopped: expect.arrayContaining(['top', 'app', 'base']), forced: [], left: [] });
    expect(order.filter((each) => !each.includes('idle'))).toEqual([
      ...['stop top', 'exit top 1.0:0', 'stop app', 'exit app 1.0:0', 'stop base', 'exit base 1.0:0'],
    ]);
    expect(house.machine.containers.size).toBe(0);
    expect(first.services.read('app')?.status).toMatchObject({ desired: 'running', actual: 'stopped' });
    await expect(call(first, 'package.start', { id: 'idle' })).rejects.toMatchObject({ code: 'services.halted' });
    await expect(call(first, 'package.restart', { id: 'app' })).rejects.toMatchObject({ code: 'services.halted' });
    await house.crash();
    house.machine.powerCut();
    const second = await house.boot();
    await actual(second, 'top', 'running');
    expect(second.services.read('idle')?.status).toMatchObject({ desired: 'stopped', actual: 'stopped' });
  });

  test('keeps to its budget: what hangs is ended, and others still get their turn', async () => {
    const kernel = await house.boot(0.05);
    const stopped: string[] = [];
    await put(kernel, 'base', { stop: () => void stopped.push('base') });
    await put(kernel, 'app', { init: needs('base'), stop: hang });
    const began = Date.now();
    const report = await call(kernel, 'server.stop-services', { withinMs: 20_000 });
    expect(report).toEqual({ stopped: ['base'], forced: ['app'], left: [] });
    expect(Date.now() - began).toBeLessThan(3000);
    expect(stopped).toEqual(['base']);
    expect(kernel.services.read('app')?.status).toMatchObject({ desired: 'running', reason: 'Stopped by force' });
  });

  test('is taken back: what is wanted starts again', async () => {
    const kernel = await house.boot();
    await put(kernel, 'app');
    await call(kernel, 'server.stop-services', {});
    expect(kernel.services.read('app')?.status.actual).toBe('stopped');
    await call(kernel, 'server.start-services', {});
    await actual(kernel, 'app', 'running');
  });
});

describe('a stop by force', () => {
  test('ends a stop that hangs, at once', async () => {
    const kernel = await house.boot(1);
    await put(kernel, 'app', { stop: hang });
    const guest = house.machine.guest('app');
    await call(kernel, 'package.stop', { id: 'app' });
    await actual(kernel, 'app', 'stopping');
    await until(() => guest.asked.includes('stop'), 'the stop');
    await call(kernel, 'package.stop', { id: 'app', force: true });
    expect((await actual(kernel, 'app', 'stopped')).status.reason).toBe('Stopped by force');
    expect(house.machine.containers.has('app')).toBe(false);
  });

  test('breaks off an action that hangs, and a running main without asking it', async () => {
    const kernel = await house.boot(1);
    const metadata = { name: 'a', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any' };
    await put(kernel, 'app', {
      init: async (_kind, effects) => {
        await effects.call('action.export', { id: 'slow', metadata: { ...metadata, hasInput: false, group: null } });
      },
      execute: hang,
    });
    const guest = house.machine.guest('app');
    const answer = call(kernel, 'package.action.run', { packageId: 'app', actionId: 'slow' });
    answer.catch(() => undefined);
    await until(() => guest.asked.includes('execute /actions/slow/run'), 'the action');
    await call(kernel, 'package.stop', { id: 'app', force: true });
    await expect(answer).rejects.toMatchObject({ code: 'services.containerGone' });
    await actual(kernel, 'app', 'stopped');
    expect(guest.asked).not.toContain('stop');
    // The next stop is a gentle one again.
    await call(kernel, 'package.start', { id: 'app' });
    await actual(kernel, 'app', 'running');
    const second = house.machine.guest('app');
    await call(kernel, 'package.stop', { id: 'app' });
    expect((await actual(kernel, 'app', 'stopped')).status.reason).toBe('Stopped');
    expect(second.asked).toContain('stop');
  });
});

describe('a start', () => {
  test('that needs stopped services names them, starts them too, or goes alone', async () => {
    const kernel = await house.boot();
    await put(kernel, 'base', {}, false);
    await put(kernel, 'app', { init: needs('base', 'ghost') }, false);
    await put(kernel, 'top', { init: needs('app') }, false);
    await expect(call(kernel, 'package.start', { id: 'top' })).rejects.toMatchObject({
      code: 'services.needsOthers',
      data: { stopped: ['base', 'app'], missing: ['ghost'] },
    });
    await call(kernel, 'package.start', { id: 'app', withDependencies: false });
    await actual(kernel, 'app', 'running');
    expect(kernel.services.read('base')?.status.actual).toBe('stopped');
    await call(kernel, 'package.start', { id: 'top', withDependencies: true });
    await actual(kernel, 'top', 'running');
    await actual(kernel, 'base', 'running');
  });
});

describe('in the order of need', () => {
  const ups = (kernel: Kernel, state: string): string[] =>
    kernel.events.told.flatMap(({ event, value }) => {
      const { service, to } = value as { service: string; to: string };
      return event === 'service.status' && to === state ? [service] : [];
    });
  const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

  test('what is needed comes up first, and what needs it goes down first; a circle waits for nobody', async () => {
    const kernel = await house.boot();
    await put(kernel, 'base', { main: later, stop: later }, false);
    await put(kernel, 'app', { main: later, stop: later, init: needs('base') }, false);
    await put(kernel, 'top', { init: needs('app', 'ring') }, false);
    await put(kernel, 'ring', { init: needs('top') }, false);
    await call(kernel, 'package.start', { id: 'top', withDependencies: true });
    expect(kernel.services.read('app')?.status.desired).toBe('running');
    for (const id of ['base', 'app', 'ring', 'top']) await actual(kernel, id, 'running');
    const up = ups(kernel, 'running');
    expect(up.indexOf('base')).toBeLessThan(up.indexOf('app'));
    expect(up.indexOf('app')).toBeLessThan(up.indexOf('top'));
    kernel.events.told.length = 0;
    await call(kernel, 'package.stop', { id: 'base', withDependants: true });
    for (const id of ['base', 'app', 'ring', 'top']) await actual(kernel, id, 'stopped');
    const down = ups(kernel, 'stopped');
    expect(down.indexOf('top')).toBeLessThan(down.indexOf('app'));
    expect(down.indexOf('app')).toBeLessThan(down.indexOf('base'));
  });

  test('one that waits for another says so, and goes on when that hangs', async () => {
    const kernel = await house.boot(0.02);
    await put(kernel, 'base', { main: hang }, false);
    await put(kernel, 'app', { init: needs('base') }, false);
    await call(kernel, 'package.start', { id: 'app', withDependencies: true });
    await until(() => kernel.services.read('app')?.status.reason === 'Waiting for The base to start', 'its reason');
    await actual(kernel, 'app', 'running');
    expect(kernel.services.read('base')?.status.actual).not.toBe('running');
  });

  test('none is started when one of them may not be', async () => {
    const kernel = await house.boot();
    await put(kernel, 'base', {}, false);
    await put(
      kernel,
      'mid',
      {
        init: async (kind, effects) => {
          await needs('base')(kind, effects);
          await effects.call('action.create-task', {
            ...{ replayId: 'one', packageId: 'mid', actionId: 'x', severity: 'critical', reason: 'first this' },
          });
        },
      },
      false,
    );
    await put(kernel, 'app', { init: needs('mid') }, false);
    const start = call(kernel, 'package.start', { id: 'app', withDependencies: true });
    await expect(start).rejects.toMatchObject({ code: 'services.taskOpen', data: { service: 'mid' } });
    expect(kernel.services.read('base')?.status.desired).toBe('stopped');
  });

  test('each need tells how it stands and why', async () => {
    const kernel = await house.boot();
    await put(kernel, 'base', {}, false);
    await put(kernel, 'app', { init: needs('base', 'ghost') }, false);
    const told = (): any => (house.slice('serviceNeeds') as any)['app'] ?? {};
    await until(() => told().base?.state === 'not-running', 'the state of base');
    expect(told().ghost).toEqual({ state: 'missing', reason: 'It is not installed', title: 'ghost' });
    await call(kernel, 'package.start', { id: 'base' });
    await until(() => told().base?.state === 'satisfied', 'base to run');
    expect(told().base).toEqual({ state: 'satisfied', reason: 'It runs', title: 'The base' });
  });
});

test('an installation that is not under way cannot be cancelled', async () => {
  const kernel = await house.boot();
  await put(kernel, 'app');
  const cancel = async (id: string): Promise<unknown> => call(kernel, 'package.cancel-install', { id });
  await expect(cancel('app')).rejects.toMatchObject({ code: 'jobs.finished' });
  await expect(cancel('ghost')).rejects.toMatchObject({ code: 'services.notInstalling' });
});

describe('limits of a service', () => {
  const started = (): any => house.machine.calls.findLast(({ verb }) => verb === 'container.start')?.input;
  const limited = (): any => house.machine.calls.findLast(({ verb }) => verb === 'container.limit')?.input;

  test('count at once and from then on; null takes one away', async () => {
    const kernel = await house.boot();
    await put(kernel, 'app');
    const usual = { memory: 8e9 - 1024 ** 3, cpuWeight: 100, pids: 8192, ioWeight: 100, disk: null };
    expect(started().limits).toEqual(usual);
    const set = { memory: 512 * 1024 ** 2, pids: 500 };
    expect(await call(kernel, 'package.set-limits', { id: 'app', ...set })).toMatchObject({ applied: true });
    expect(limited().limits).toEqual({ ...usual, ...set });
    await call(kernel, 'package.set-limits', { id: 'app', cpuWeight: 10, pids: null });
    expect(kernel.services.read('app')?.limits).toEqual({ memory: set.memory, cpuWeight: 10, pids: null });
    await call(kernel, 'package.stop', { id: 'app' });
    await actual(kernel, 'app', 'stopped');
    await call(kernel, 'package.start', { id: 'app' });
    await actual(kernel, 'app', 'running');
    expect(started().limits).toEqual({ ...usual, memory: set.memory, cpuWeight: 10 });
  });

  test('below what is used count from the next start on, and this is said; beyond the machine they are refused', async () => {
    const kernel = await house.boot();
    await put(kernel, 'app');
    house.machine.leastMemory = 1e9;
    expect(await call(kernel, 'package.set-limits', { id: 'app', memory: 5e8 })).toMatchObject({ applied: false });
    const refused = call(kernel, 'package.set-limits', { id: 'app', memory: 1e12 });
    await expect(refused).rejects.toMatchObject({ code: 'services.limitTooLarge', data: { total: 8e9 } });
    expect(kernel.services.read('app')?.limits?.memory).toBe(5e8);
  });

  test('are those of its package where the owner said nothing, and never more than the server lets one have', async () => {
    const kernel = await house.boot();
    const limits = { memory: 1e12, cpuWeight: 20, pids: 300, disk: 5e9 };
    await put(kernel, 'app', {}, true, { limits });
    const kept = { memory: 8e9 - 1024 ** 3, cpuWeight: 20, pids: 300, ioWeight: 100, disk: 5e9 };
    expect(started().limits).toEqual(kept);
    const answer = await call(kernel, 'package.set-limits', { id: 'app', ioWeight: 10, pids: 400 });
    // The fake machine has no scheduler that weighs, and no quotas.
    expect(answer).toMatchObject({ applied: true, unkept: ['ioWeight', 'disk'] });
    expect(limited().limits).toEqual({ ...kept, ioWeight: 10, pids: 400 });
  });

  test('of disk are looked at where the file system keeps none: it is told, then stopped, and says why', async () => {
    const kernel = await house.boot();
    await put(kernel, 'app', {}, true, { limits: { disk: 1e9 } });
    await put(kernel, 'other');
    const told = (): unknown[] =>
      kernel.events.told.flatMap(({ event, value }) => (event === 'service.notification' ? [value] : []));
    house.machine.kept.bytes = 0.95e9;
    await until(() => told().length > 0, 'a warning');
    expect(told()).toEqual([expect.objectContaining({ service: 'app', level: 'warning' })]);
    expect(kernel.services.read('app')?.status.actual).toBe('running');
    house.machine.kept.bytes = 1.1e9;
    const row = await actual(kernel, 'app', 'stopped');
    expect(row).toMatchObject({ status: { desired: 'stopped' }, error: { code: 'services.diskLimit' } });
    expect(told().at(-1)).toMatchObject({
      level: 'error',
      title: 'The app took more disk than it may, and was stopped',
    });
    expect(kernel.services.read('other')?.status.actual).toBe('running');
  });
});
