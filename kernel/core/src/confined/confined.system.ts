import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Capability, EventMap, Principal, ServiceRow, Services } from '@hearth/contract';
import { MemoryJournal } from '../testing/index.ts';
import { lifeLimits } from './life.ts';
import { buildRuntime, type ConfinedRuntime, startBox } from './testing/box.ts';
import type { TestPlugin } from './testing/plugins.ts';

const reason = 'Because the test wants to see it.';
const owner: Principal = { kind: 'user', user: 'owner', role: 'owner', session: 's' };
const viewer: Principal = { kind: 'user', user: 'guest', role: 'viewer', session: 's' };

/** Keeps a tally, and does one of everything. */
const tally: TestPlugin = {
  id: 'tally',
  capabilities: [
    { capability: 'state', reason },
    { capability: 'storage', megabytes: 1, reason },
    { capability: 'methods', reason },
    { capability: 'jobs', reason },
    { capability: 'notifications', perDay: 2, reason },
    { capability: 'health', reason },
    { capability: 'server.read', reason },
    { capability: 'events.listen', events: ['service.status'], reason },
    { capability: 'panel', reason },
  ],
  manifest: {
    state: {
      shape: {
        type: 'object',
        keys: { count: { type: 'number', whole: true }, seen: { type: 'text', optional: true } },
      },
      initial: { count: 0 },
    },
    methods: {
      add: {
        about: 'Add to the tally',
        allow: 'viewer',
        input: { type: 'object', keys: { by: { type: 'number', most: 100 } } },
        output: { type: 'number' },
      },
      clear: { about: 'Begin anew', allow: 'owner' },
      odd: { about: 'Answer what it should not', allow: 'viewer', output: { type: 'number' } },
      fail: { about: 'Fail', allow: 'viewer' },
      who: { about: 'Tell who calls', allow: 'viewer' },
      report: { about: 'Say that it is unwell', allow: 'viewer' },
      notify: { about: 'Say something', allow: 'viewer' },
      work: { about: 'Begin work', allow: 'viewer' },
    },
    jobs: { count: { title: 'Count to three' }, wait: { title: 'Wait for ever' } },
    panel: { title: 'Tally', file: 'page/index.html' },
  },
  files: { 'page/index.html': '<p>tally</p>', 'page/tally.js': 'connect()', 'secret.txt': 'not of the page' },
  script: `
    module.exports = {
      start: async ({ hearth }) => {
        const before = (await hearth.storage.get('starts')) ?? 0;
        await hearth.storage.set('starts', before + 1);
        console.log('start', before + 1, (await hearth.server.read()).name);
      },
      methods: {
        add: async ({ by }, { hearth }) => {
          await hearth.state.change((state) => { state.count += by; });
          return hearth.state.read().count;
        },
        clear: async (_, { hearth }) => { await hearth.state.change((state) => { state.count = 0; }); },
        odd: () => 'a text',
        fail: () => { throw Object.assign(new Error('It is Monday'), { code: 'tally.monday' }); },
        who: (_, { caller }) => caller,
        report: (_, { hearth }) => hearth.health.report({ id: 'beads', name: 'Beads', result: 'failure', message: 'lost' }),
        notify: (_, { hearth }) => hearth.notify({ title: 'Hello', level: 'warning' }),
        work: (_, { hearth }) => hearth.jobs.start('count', { to: 3 }),
      },
      jobs: {
        count: async ({ to }, { hearth, progress }) => {
          for (let at = 1; at <= to; at++) await progress(at, to, 'bead ' + at);
          await hearth.state.change((state) => { state.count = to; });
        },
        wait: async (_, { cancelled, progress }) => { while (!cancelled()) await progress(0, null); },
      },
      events: {
        'service.status': ({ service, to }, { hearth }) => hearth.state.change((state) => { state.seen = service + ' ' + to; }),
      },
    };`,
};

let runtime: ConfinedRuntime;
beforeAll(async () => {
  runtime = await buildRuntime();
}, 60_000);
afterAll(() => runtime.remove());

test('a plugin adds methods, state, jobs, events, checks, notifications and a page, as it declared and no further', async () => {
  await using box = await startBox({ runtime });
  const said: unknown[] = [];
  for (const event of ['plugin.notification', 'plugin.health'] as const)
    box.events.on(event, (value: EventMap[typeof event]) => void said.push(value));
  await box.install(tally);

  expect(await box.rpc('tally.add', { by: 2 }, viewer)).toBe(2);
  expect(await box.rpc('tally.add', { by: 3 }, viewer)).toBe(5);
  const { value } = box.store.snapshot();
  expect(value['pluginState']).toEqual({ tally: { count: 5 } });
  await expect(box.rpc('tally.add', { by: 101 }, viewer)).rejects.toMatchObject({ code: 'rpc.invalidInput' });
  await expect(box.rpc('tally.add', { by: 1, more: 1 }, viewer)).rejects.toMatchObject({ code: 'rpc.invalidInput' });
  await expect(box.rpc('tally.clear', {}, viewer)).rejects.toMatchObject({ code: 'rpc.notAllowed' });
  await box.rpc('tally.clear', {}, owner);
  await expect(box.rpc('tally.odd', {}, viewer)).rejects.toMatchObject({ code: 'plugins.oddAnswer' });
  await expect(box.rpc('tally.nothing', {}, viewer)).rejects.toMatchObject({ code: 'rpc.unknownMethod' });
  await expect(box.rpc('tally.fail', {}, viewer)).rejects.toMatchObject({
    code: 'plugins.failed',
    kind: 'CONFLICT',
    message: 'It is Monday',
  });
  expect(await box.rpc('tally.who', {}, viewer)).toEqual({ kind: 'user', role: 'viewer' });

  const { job } = await box.rpc('tally.work', {}, viewer);
  expect(await box.rpc('job.wait', { job })).toMatchObject({ state: 'succeeded', title: 'Probe: Count to three' });
  expect(box.store.snapshot().value['pluginState']).toEqual({ tally: { count: 3 } });

  await box.rpc('tally.report', {}, viewer);
  await box.rpc('tally.notify', {}, viewer);
  await box.rpc('tally.notify', {}, viewer);
  await expect(box.rpc('tally.notify', {}, viewer)).rejects.toMatchObject({ message: /2 a day/ });
  expect(said).toMatchObject([
    { plugin: 'tally', check: 'beads', name: 'Probe: Beads', after: 'failure', message: 'lost' },
    { plugin: 'tally', level: 'warning', title: 'Probe: Hello' },
    { plugin: 'tally', level: 'warning', title: 'Probe: Hello' },
  ]);

  const heard = new Promise<void>((resolve) => {
    box.store.follow(() => {
      if (JSON.stringify(box.store.snapshot().value['pluginState']).includes('syncthing running')) resolve();
    });
  });
  box.events.emit('service.status', { service: 'syncthing', from: 'starting', to: 'running', reason: '' });
  await heard;

  const { lines } = await box.rpc('plugin.logs', { id: 'tally' });
  expect(lines[0]).toMatchObject({ level: 'info', message: 'start 1 ' });
  const { rows, intact } = await box.rpc('plugin.audit.list', { id: 'tally', limit: 1000 });
  expect(intact).toBe(true);
  expect(rows.map(({ method }: { method: string }) => method)).toEqual(
    expect.arrayContaining([
      'storage.get',
      'server.read',
      'state.write',
      'jobs.start',
      'health.report',
      'notifications.send',
    ]),
  );
  const { plugins } = await box.rpc('plugin.list', {}, viewer);
  expect(plugins).toMatchObject([{ id: 'tally', status: { state: 'running' }, missing: [] }]);
  expect(plugins[0].may).toContain('Keep up to 1 MB of data of its own on this server');
  expect(plugins[0].memory).toBeGreaterThan(10_000_000);
}, 120_000);

test('what is on is on again after a restart, with its data; what is off stays off; what is removed leaves nothing', async () => {
  const journal = new MemoryJournal();
  const folder = await mkdtemp('/var/tmp/hearth-confined-box-');
  const first = await startBox({ runtime, journal, folder });
  await first.install(tally);
  await first.rpc('tally.add', { by: 7 });
  await first.rpc('plugin.disable', { id: 'tally' });
  await expect(first.rpc('tally.add', { by: 1 })).rejects.toMatchObject({ code: 'plugins.notRunning' });
  await first.rpc('plugin.enable', { id: 'tally' });
  await first.until('tally', 'running');
  expect(await first.rpc('tally.add', { by: 1 })).toBe(8);
  await first.stop();

  await using second = await startBox({ runtime, journal, folder });
  await second.until('tally', 'running');
  expect(await second.rpc('tally.add', { by: 1 })).toBe(9);
  const { lines } = await second.rpc('plugin.logs', { id: 'tally' });
  expect(lines[0].message).toBe('start 3 ');
  await second.rpc('plugin.remove', { id: 'tally' });
  expect(await readdir(join(folder, 'data/kernel/confined'))).toEqual([]);
  const { value } = second.store.snapshot();
  expect([value['plugins'], value['pluginState'], value['pluginStatus']]).toEqual([{}, {}, {}]);
  await expect(second.rpc('tally.add', { by: 1 })).rejects.toMatchObject({ code: 'rpc.unknownMethod' });
  await rm(folder, { recursive: true });
}, 120_000);

test('plugins hear of one another, and of services, only what was granted on both sides', async () => {
  const state = { state: { shape: { type: 'object', keys: { heard: { type: 'number' } } }, initial: { heard: 0 } } };
  const emit = { capability: 'events.emit', reason, optional: true } as const;
  const hear: Capability = {
    capability: 'events.listen',
    events: ['sky/rain', 'service.status'],
    reason,
    optional: true,
  };
  const sky: TestPlugin = {
    id: 'sky',
    capabilities: [{ capability: 'methods', reason }, emit],
    manifest: {
      methods: { rain: { about: 'Let it rain', allow: 'owner' } },
    },
    script: `module.exports = { methods: { rain: (_, { hearth }) => hearth.emit('rain', { litres: 3 }) } };`,
  };
  const withEvents = { ...sky.manifest, events: { rain: { type: 'object', keys: { litres: { type: 'number' } } } } };
  const barrel: TestPlugin = {
    id: 'barrel',
    capabilities: [{ capability: 'state', reason }, hear],
    manifest: state,
    script: `const count = ({ litres = 1 }, { hearth }) => hearth.state.change((state) => { state.heard += litres; });
      module.exports = { events: { 'sky/rain': count, 'service.status': count } };`,
  };
  await using box = await startBox({ runtime });
  const heard = () => (box.store.snapshot().value['pluginState'] as { barrel: { heard: number } }).barrel.heard;
  const calls = async () => (await box.rpc('plugin.audit.list', { id: 'barrel', limit: 100 })).rows.length;
  await box.install({ ...sky, manifest: withEvents });
  await box.install(barrel, { grant: ['state'] });
  await box.rpc('sky.rain');
  box.events.emit('service.status', { service: 'x', from: 'a', to: 'b', reason: '' });
  // Messages keep their order: what was told before the restart was told to the one before.
  await box.rpc('plugin.grant', { id: 'barrel', capabilities: ['state', 'events.listen'] });
  await box.until('barrel', 'running');
  expect([heard(), await calls()]).toEqual([0, 0]);
  const three = new Promise<void>((resolve) => {
    box.store.follow(() => {
      if (heard() === 4) resolve();
    });
  });
  await box.rpc('sky.rain');
  box.events.emit('service.status', { service: 'x', from: 'a', to: 'b', reason: '' });
  await three;
  await box.rpc('plugin.grant', { id: 'sky', capabilities: ['methods'] });
  await box.until('sky', 'running');
  await expect(box.rpc('sky.rain')).rejects.toMatchObject({ message: /has not granted "events.emit"/ });
  expect(heard()).toBe(4);
}, 60_000);

test('addresses a plugin gives stand while it runs, and are taken back when it is off, loses the right, dies or goes', async () => {
  const hosts = { web: { bindings: { '80': { interfaces: { ui: {} } } } } };
  const row = { id: 'blog', hosts } as unknown as ServiceRow;
  const given: string[][] = [];
  const news = () => given.map((names) => names.join());
  const services: Partial<Services> = {
    read: (id) => (id === 'blog' ? row : null),
    giveAddresses: (plugin, addresses) => {
      given.push([plugin, ...addresses.map(({ hostname, packageId }) => `${packageId} ${hostname}`)]);
      return Promise.resolve();
    },
  };
  const mesh: TestPlugin = {
    id: 'mesh',
    capabilities: [
      { capability: 'services.give-addresses', services: ['blog'], reason, optional: true },
      { capability: 'methods', reason },
    ],
    manifest: { methods: { die: { about: 'Die', allow: 'owner' } } },
    script: `module.exports = {
      start: ({ hearth }) => hearth.services.giveAddresses([{ id: 'blog', interface: 'ui', hostname: 'blog.mesh' }]).catch(() => undefined),
      methods: { die: () => { for (;;); } },
    };`,
  };
  const standing = 'mesh,blog blog.mesh';
  // What says nothing is taken for dead sooner than usual.
  const limits = { ...lifeLimits, everyMs: 200, silentMs: 1000, firstWaitMs: 100 };
  await using box = await startBox({ runtime, services, confined: { limits } });
  await box.install(mesh, { grant: ['methods', 'services.give-addresses'] });
  expect(news().at(-1)).toBe(standing);
  await box.rpc('plugin.disable', { id: 'mesh' });
  expect(news().at(-1)).toBe('mesh');
  await box.rpc('plugin.enable', { id: 'mesh' });
  await box.until('mesh', 'running');
  expect(news().at(-1)).toBe(standing);
  await box.rpc('plugin.grant', { id: 'mesh', capabilities: ['methods'] });
  await box.until('mesh', 'running');
  expect(news().at(-1)).toBe('mesh');
  await box.rpc('plugin.grant', { id: 'mesh', capabilities: ['methods', 'services.give-addresses'] });
  await box.until('mesh', 'running');
  expect(news().at(-1)).toBe(standing);
  given.length = 0;
  await expect(box.rpc('mesh.die')).rejects.toBeDefined();
  await box.until('mesh', 'running');
  // Taken back as it died, given anew as it came back.
  expect([news()[0], news().at(-1)]).toEqual(['mesh', standing]);
  await box.rpc('plugin.remove', { id: 'mesh' });
  expect(news().at(-1)).toBe('mesh');
}, 120_000);
