import type { CheckResult, EngineClient, EngineOutput } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Notice } from '@hearth/plugin-notifications/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PluginBed, pluginBed, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import { healthConfig } from './config.ts';
import { judge } from './host-checks.ts';
import { healthPlugin } from './plugin.ts';
import type { HealthSecret, HealthState } from './state.ts';

const GB = 1024 ** 3;
const usage: EngineOutput<'host.usage'> = {
  ...{ diskFree: 50 * GB, diskTotal: 100 * GB, memoryAvailable: 4 * GB, memoryTotal: 8 * GB, load: 0 },
};

describe('the machine', () => {
  const config = healthConfig.parse(undefined);

  test('is green with room, red without, with figures people can read', () => {
    expect(judge(usage, {}, config, 7)).toEqual({
      disk: { name: 'Disk space', result: 'success', message: '50 GB of 100 GB free', since: 7 },
      memory: { name: 'Memory', result: 'success', message: '4.0 GB of 8.0 GB available', since: 7 },
    });
    const full = { ...usage, diskFree: 100 * 1024 ** 2 };
    expect(judge(full, {}, config, 7)['disk']).toMatchObject({ result: 'failure', message: '100 MB of 100 GB free' });
  });

  test('turns green again only well above the line, and remembers since when', () => {
    let checks = {};
    const results = [20, 4.9, 5.1, 7.9, 4, 8, 7.9, 5].map((free, now) => {
      checks = judge({ ...usage, diskFree: free * GB }, checks, config, now);
      const { result, since } = (checks as HealthState['checks'])['disk']!;
      return [result === 'failure' ? 'red' : 'green', since];
    });
    expect(results).toEqual([
      ['green', 0],
      ['red', 1],
      ['red', 1],
      ['red', 1],
      ['red', 1],
      ['green', 5],
      ['green', 5],
      ['green', 5],
    ]);
  });

  test('refuses thresholds that contradict each other', () => {
    expect(() => healthConfig.parse({ disk: { red: 0.2, green: 0.1 } })).toThrow('green must not be below red');
  });
});

describe('the plugin', () => {
  const services = servicesOf([serviceRow('syncthing', 2)], {
    health: () => ({ web: { name: 'Web', result: 'success', message: null, since: 1 } }),
  });
  let bed: PluginBed;
  let plugin: StartedPlugin<any, HealthState, HealthSecret, unknown>;
  let told: Notice[];
  let machine: EngineOutput<'host.usage'> | Error;

  const start = async (): Promise<void> => {
    const engine = {
      async call() {
        if (machine instanceof Error) throw machine;
        return machine;
      },
    } as unknown as EngineClient;
    const notify = async (notice: Notice): Promise<string> => String(told.push(notice));
    const config = { redAfterMs: 60, greenAfterMs: 60, intervalMs: 50 };
    plugin = await bed.start(healthPlugin, { engine, services, notifications: { notify } }, config);
  };
  const check = (after: CheckResult, message: string | null = null): void =>
    plugin.events.emit('service.health', {
      service: 'syncthing',
      check: 'web',
      name: 'Web',
      before: null,
      after,
      message,
    });
  const titles = (): string[] => told.map(({ title }) => title);

  beforeEach(async () => {
    bed = await pluginBed();
    told = [];
    machine = usage;
    await start();
  });
  afterEach(async () => {
    await plugin.stop();
    await bed.remove();
  });

  test('tells once when a check turns red, and once when it is green again', async () => {
    check('starting');
    check('failure', 'first words');
    check('failure', 'Cannot reach port 8384');
    await sleep(150);
    expect(told).toEqual([
      {
        ...{ level: 'error', title: 'Syncthing: Web has a problem', message: 'Cannot reach port 8384' },
        service: 'syncthing',
      },
    ]);
    check('failure');
    check('success', 'Ready');
    await sleep(150);
    expect(told[1]).toMatchObject({ level: 'success', title: 'Syncthing: Web is well again' });
    expect(told[1]?.message).toMatch(/^It was not for \d s\. Ready$/);
    check('success');
    await sleep(150);
    expect(told).toHaveLength(2);
  });

  test('is silent about what flaps, about a healthy start, and about a service that was stopped', async () => {
    for (let times = 0; times < 6; times += 1) {
      check(times % 2 === 0 ? 'failure' : 'success');
      await sleep(20);
    }
    check('loading');
    await sleep(150);
    check('failure');
    plugin.events.emit('service.status', { service: 'syncthing', from: 'running', to: 'stopping', reason: '' });
    await sleep(150);
    expect(told).toEqual([]);
  });

  test('tells after a restart that it is green, and does not tell red twice', async () => {
    check('failure');
    await sleep(150);
    await plugin.stop();
    await start();
    check('failure');
    await sleep(150);
    expect(titles()).toEqual(['Syncthing: Web has a problem']);
    check('success');
    await sleep(150);
    expect(titles()).toEqual(['Syncthing: Web has a problem', 'Syncthing: Web is well again']);
  });

  test('forgets a removed service', async () => {
    check('failure');
    await sleep(150);
    plugin.events.emit('service.removed', { service: 'syncthing' });
    await sleep(50);
    expect(plugin.scope.secret.read()).toEqual({ red: {} });
  });

  test('tells at once of a service that was given up', () => {
    plugin.events.emit('service.status', {
      service: 'syncthing',
      from: 'crashed',
      to: 'failed',
      reason: 'It crashed 5 times',
    });
    expect(told).toEqual([
      { level: 'error', title: 'Syncthing does not run', message: 'It crashed 5 times', service: 'syncthing' },
    ]);
  });

  test('watches the machine, lists everything, and bears with an engine that is away', async () => {
    await plugin.ready();
    await sleep(120);
    expect(await plugin.call('health.list')).toMatchObject({
      checks: { disk: { result: 'success' }, memory: { result: 'success' } },
      services: { syncthing: { web: { result: 'success' } } },
    });
    machine = new Error('away');
    await sleep(120);
    expect(plugin.scope.state.read().checks['disk']?.result).toBe('success');
    machine = { ...usage, memoryAvailable: 0.1 * GB };
    await sleep(300);
    expect(titles()).toEqual(['Memory has a problem']);
    machine = usage;
    await sleep(300);
    expect(titles()).toEqual(['Memory has a problem', 'Memory is well again']);
  });
});
