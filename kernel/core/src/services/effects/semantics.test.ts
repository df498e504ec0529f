/** What the ABI promises beyond the shapes: callbacks that fire once, events, identity, and what may be mounted. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { effects } from '@hearth/contract';
import type { FakeGuest } from '../testing/fake-guest.ts';
import { actual, House, until } from '../testing/house.ts';
import { actionMetadata, Shelf } from '../testing/shelf.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
let shelf: Shelf;

beforeEach(async () => {
  house = await House.build();
  shelf = await Shelf.open(house);
});
afterEach(() => house.demolish());

const bind = { id: 'web', internalPort: 80, preferredExternalPort: 8080, secure: null, addSsl: null };
const addressInfo = { username: null, hostId: 'web', internalPort: 80, scheme: 'http', sslScheme: null, suffix: '' };
const face = { id: 'ui', name: 'Page', description: '', masked: false, type: 'ui', addressInfo };

const mailServer = async (more: object = {}): Promise<unknown> => {
  const method = shelf.kernel.methods.get('server.set-smtp')!;
  const given = { host: 'mail.example.com', port: 587, from: 'home@example.com', username: 'home', ...more };
  return method.run(method.input.parse(given), {} as never);
};

describe('callbacks', () => {
  /** Each with what changes the thing it watches. */
  const watches: [effect: string, params: object, change: (other: FakeGuest) => Promise<unknown>][] = [
    ['get-status', { packageId: 'other' }, () => shelf.kernel.services.stop('other')],
    ['get-system-smtp', {}, () => mailServer({ password: 'first' })],
    ['get-service-manifest', { packageId: 'other' }, () => shelf.put('other', {}, { version: '1.1:0' })],
    ['get-host-info', { packageId: 'other', hostId: 'web' }, (other) => other.call('bind', bind)],
    [
      'get-service-interface',
      { packageId: 'other', serviceInterfaceId: 'ui' },
      async (other) => {
        await other.call('bind', bind);
        await other.call('export-service-interface', face);
      },
    ],
    [
      'list-service-interfaces',
      { packageId: 'other' },
      async (other) => {
        await other.call('bind', bind);
        await other.call('export-service-interface', face);
      },
    ],
  ];
  test.each(watches)('%s fires once when it changes, and not again', async (effect, params, change) => {
    const app = await shelf.put('app');
    const other = await shelf.put('other');
    await app.call(effect, { ...params, callback: 5 });
    await app.call(effect, { ...params, callback: null });
    await change(other);
    await until(() => app.fired.length > 0, 'the callback');
    await app.call('notification.create', { level: 'info', title: 'something', message: 'else' });
    expect(app.fired.map(({ id }) => id)).toEqual([5]);
  });

  test('tell nothing when what they watch is as it was', async () => {
    const app = await shelf.put('app');
    const other = await shelf.put('other');
    await app.call('get-host-info', { packageId: 'other', hostId: 'web', callback: 1 });
    await other.call('bind', { ...bind, id: 'another' });
    await other.call('set-health', { id: 'x', name: 'X', result: 'success', message: null });
    await app.call('echo', { message: 'everything before is done' });
    expect(app.fired).toEqual([]);
  });

  test('are forgotten by their numbers, or all but some; own address and gateway never change', async () => {
    const app = await shelf.put('app');
    const other = await shelf.put('other');
    for (const callback of [1, 2, 3, 4])
      await app.call('get-host-info', { packageId: 'other', hostId: 'web', callback });
    await app.call('get-container-ip', { callback: 5 });
    await app.call('get-outbound-gateway', { callback: 6 });
    await app.call('get-system-smtp', { callback: 7 });
    await app.call('clear-callbacks', { only: [2] });
    await app.call('clear-callbacks', { except: [1, 3] });
    await other.call('bind', bind);
    await until(() => app.fired.length >= 2, 'the callbacks');
    expect(app.fired.map(({ id }) => id).sort()).toEqual([1, 3]);
  });

  test('of another package address fire when it is gone', async () => {
    const app = await shelf.put('app');
    await shelf.put('other');
    await app.call('get-container-ip', { packageId: 'other', callback: 8 });
    await shelf.kernel.jobs.wait(
      (await shelf.kernel.services.uninstall('other', { keepData: false, force: false })).job,
    );
    await until(() => app.fired.length === 1, 'the callback');
    await expect(app.call('get-container-ip', { packageId: 'other', callback: null })).rejects.toMatchObject({
      message: 'Not Found',
    });
  });

  test('of a certificate are kept until it is renewed', async () => {
    house.network = {
      addressesFor: () => [],
      certificate: async () => ['leaf', 'intermediate', 'root'],
      certificateKey: async (service, names, algorithm) => `${service} ${names.join()} ${algorithm}`,
    };
    const app = await shelf.put('app');
    const names = { hostnames: ['app.startos'] };
    expect(await app.call('get-ssl-certificate', { ...names, callback: 9 })).toEqual(['leaf', 'intermediate', 'root']);
    expect(await app.call('get-ssl-key', names)).toBe('app app.startos ecdsa');
    expect(await app.call('get-ssl-key', { ...names, algorithm: 'ed25519' })).toBe('app app.startos ed25519');
    expect(app.fired).toEqual([]);
  });
});

describe('an event', () => {
  test('is the same from the form to the run of an action', async () => {
    const seen: string[] = [];
    await shelf.put('app', {
      init: async (_kind, host) => {
        await host.call('action.export', { id: 'set', metadata: actionMetadata() });
        await host.call('action.export', { id: 'gone', metadata: actionMetadata() });
        await host.call('action.clear', { except: ['set'] });
      },
      execute: async (procedure, _input, host) => {
        seen.push(procedure);
        if (procedure.endsWith('getInput')) return { spec: {}, value: {} };
        // The same event passes the lock its own run holds.
        return host.call('action.get-input', { actionId: 'set' });
      },
    });
    expect(Object.keys(shelf.kernel.services.read('app')?.actions ?? {})).toEqual(['set']);
    const { eventId } = await shelf.method('package.action.get-input', { packageId: 'app', actionId: 'set' });
    const answer = await shelf.method('package.action.run', { packageId: 'app', actionId: 'set', eventId, input: {} });
    expect(answer).toEqual({ eventId, spec: {}, value: {} });
    expect(seen).toEqual(['/actions/set/getInput', '/actions/set/run', '/actions/set/getInput']);
  });

  test('of another package that fails is told as a failure, not as a refusal', async () => {
    await shelf.put('db', {
      init: async (_kind, host) => {
        await host.call('action.export', {
          id: 'open',
          metadata: actionMetadata({ access: 'public', hasInput: false }),
        });
      },
      execute: () => Promise.reject(new Error('no ink left')),
    });
    const app = await shelf.put('app');
    await expect(app.call('action.run', { packageId: 'db', actionId: 'open' })).rejects.toMatchObject({
      code: 1,
      message: 'Unknown Error',
      data: { details: expect.stringContaining('no ink left') },
    });
  });
});

describe('identity', () => {
  test('is the socket: whatever a message says, it is about the service whose it is', async () => {
    const app = await shelf.put('app');
    await shelf.put('other');
    await app.call('set-data-version', { version: '9.9:9', packageId: 'other', service: 'other' });
    await app.call('set-health', { id: 'x', name: 'X', result: 'success', message: null, packageId: 'other' });
    await app.call('bind', { ...bind, packageId: 'other' });
    expect(shelf.kernel.services.health('other')).toEqual({});
    expect(shelf.kernel.services.read('other')?.hosts).toEqual({});
    expect(shelf.kernel.services.read('app')?.hosts).toHaveProperty('web');
    expect(await house.machine.guest('other').call('get-data-version')).not.toBe('9.9:9');
  });

  test('ends with the service: its socket is gone', async () => {
    await shelf.put('app');
    const socket = join(house.places.run, 'rpc', 'app', 'host.sock');
    await expect(access(socket)).resolves.toBeUndefined();
    await shelf.kernel.jobs.wait((await shelf.kernel.services.uninstall('app', { keepData: false, force: false })).job);
    await expect(access(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a mount', () => {
  const target = { packageId: 'app', volumeId: 'main', subpath: null, readonly: false };

  test('of a volume of its own needs no declaration', async () => {
    const app = await shelf.put('app');
    const idmap = [{ fromId: 0, toId: 1000, range: 1 }];
    expect(await app.call('mount', { location: '/mnt', target: { ...target, subpath: 'a/./b', idmap } })).toBeNull();
    expect(house.machine.mounts).toEqual([
      {
        service: 'app',
        location: '/mnt',
        source: { service: 'app', volume: 'main', subpath: 'a/b', readonly: false, idmap },
      },
    ]);
  });

  test.each([
    ['a path that leads out', { target: { ...target, subpath: '../../kernel' } }, 'Unauthorized'],
    ['a path that leads out and in again', { target: { ...target, subpath: 'a/../../main' } }, 'Unauthorized'],
    ['a place that leads out', { location: '/mnt/../../etc', target }, 'Unauthorized'],
    ['a place that is no path', { location: 'mnt', target }, 'Deserialization Error'],
    ['a null byte', { target: { ...target, subpath: 'a\0b' } }, 'Unauthorized'],
    ['a volume it has not', { target: { ...target, volumeId: 'other' } }, 'Not Found'],
    ['a volume by a path', { target: { ...target, volumeId: '../main' } }, 'Deserialization Error'],
    ['a package that is not there', { target: { ...target, packageId: 'nobody' } }, 'Unauthorized'],
  ])('of %s is refused', async (_what, params, message) => {
    const app = await shelf.put('app');
    await expect(app.call('mount', { location: '/mnt', ...params })).rejects.toMatchObject({ message });
    expect(house.machine.mounts).toEqual([]);
  });
});

describe('its own course', () => {
  test('restart and shutdown move the service, and do nothing to one that is down', async () => {
    const app = await shelf.put('app');
    await app.call('restart');
    await until(() => app.asked.filter((each) => each === 'stop').length === 1, 'the stop');
    await actual(shelf.kernel, 'app', 'running');
    await house.machine.guest('app').call('shutdown');
    const stopped = await actual(shelf.kernel, 'app', 'stopped');
    expect(stopped.status.desired).toBe('stopped');
  });

  test('rebuild makes a new container, after the answer', async () => {
    const app = await shelf.put('app');
    expect(await app.call('rebuild')).toBeNull();
    await until(() => (house.machine.containers.get('app')?.guest ?? app) !== app, 'the new container');
    await actual(shelf.kernel, 'app', 'running');
  });

  test('progress is taken in every form', async () => {
    const app = await shelf.put('app');
    const full = { overall: { done: 1, total: 2, units: 'steps' }, phases: [{ name: 'Copying', progress: true }] };
    for (const progress of [null, true, false, { done: 5, total: null, units: 'bytes' }, full]) {
      expect(await app.call('set-init-progress', { progress })).toBeNull();
      expect(await app.call('set-backup-progress', { progress })).toBeNull();
    }
    await expect(app.call('set-init-progress', { progress: { done: 'x' } })).rejects.toMatchObject({ code: 12 });
  });

  test('the versions of host and data are told', async () => {
    const app = await shelf.put('app');
    expect(await app.call('git-info')).toBe('hearth');
    await app.call('set-data-version', { version: '1.0:0' });
    expect(await app.call('get-data-version')).toBe('1.0:0');
    await app.call('set-data-version', { version: null });
    expect(await app.call('get-data-version')).toBeNull();
  });
});

test('a range of ports is taken whole or not at all, kept, and switched off like a binding', async () => {
  const app = await shelf.put('app');
  const other = await shelf.put('other');
  const range = { id: 'zmq', internalStartPort: 28_332, externalStartPort: 38_332, numberOfPorts: 3 };
  const info = async () =>
    ((await app.call('get-host-info', { hostId: 'zmq', callback: null })) as any).bindingRanges[28_332];
  await app.call('bind-range', range);
  expect(await info()).toMatchObject({ enabled: true, externalStartPort: 38_332, numberOfPorts: 3, interface: null });
  await app.call('export-range-service-interface', {
    ...{ hostId: 'zmq', internalStartPort: 28_332, id: 'zmq', name: 'ZMQ', description: '', scheme: 'tcp' },
  });
  await app.call('bind-range', range);
  expect(await info()).toMatchObject({ interface: { id: 'zmq', scheme: 'tcp' } });
  for (const taken of [38_330, 38_334, 5352, 65_534, 1023])
    await expect(other.call('bind-range', { ...range, externalStartPort: taken })).rejects.toMatchObject({
      code: 38,
      message: 'Invalid Request',
    });
  expect(shelf.kernel.services.read('other')?.hosts).toEqual({});
  await other.call('bind-range', { ...range, externalStartPort: 38_335 });
  await other.call('bind', { ...bind, preferredExternalPort: 38_336 });
  const { assignedPort } = (await other.call('get-service-port-forward', { hostId: 'web', internalPort: 80 })) as any;
  expect(assignedPort).not.toBe(38_336);
  await app.call('clear-service-interfaces', { except: [] });
  expect(await info()).toMatchObject({ enabled: true, interface: null });
  await app.call('clear-bindings', { except: [{ id: 'zmq', internalPort: 28_332 }] });
  expect(await info()).toMatchObject({ enabled: true });
  await app.call('clear-bindings', { except: [] });
  expect(await info()).toMatchObject({ enabled: false, externalStartPort: 38_332 });
  const missing = { hostId: 'zmq', internalStartPort: 1, id: 'x', name: 'X', description: '' };
  await expect(app.call('export-range-service-interface', missing)).rejects.toMatchObject({ message: 'Not Found' });
});

describe('addresses for the services of others', () => {
  const onion = {
    packageId: 'blog',
    hostId: 'web',
    internalPort: 80,
    ssl: false,
    public: true,
    hostname: `${'a'.repeat(56)}.onion`,
    port: 80,
    info: { key: 1 },
  };
  const give = (hostnameInfo: object, more: object = {}) => ({
    ...{ hostnameInfo, removeAction: 'remove', overflowActions: ['show-key'] },
    ...more,
  });
  const plugins = { plugins: ['url-v0'] };
  const available = async (guest: FakeGuest) =>
    ((await guest.call('get-host-info', { packageId: 'blog', hostId: 'web', callback: null })) as any).bindings[80]
      .addresses.available;
  const shown = {
    ssl: false,
    public: true,
    hostname: onion.hostname,
    port: 80,
    metadata: {
      kind: 'plugin',
      packageId: 'tor',
      removeAction: 'remove',
      overflowActions: ['show-key'],
      info: { key: 1 },
    },
  };
  let tor: FakeGuest;
  let blog: FakeGuest;
  beforeEach(async () => {
    tor = await shelf.put('tor', {}, plugins);
    blog = await shelf.put('blog');
    await blog.call('bind', bind);
    await blog.call('export-service-interface', face);
  });

  test('are offered by an action, given, told to whoever watches the host, and taken back', async () => {
    expect(await tor.call('plugin.url.register', { tableAction: 'add' })).toBeNull();
    expect(shelf.kernel.services.read('tor')?.plugin).toEqual({ url: { tableAction: 'add' } });
    await blog.call('get-host-info', { hostId: 'web', callback: 3 });
    expect(await tor.call('plugin.url.export-url', give(onion))).toBeNull();
    await until(() => blog.fired.length === 1, 'the callback');
    expect(blog.fired[0]?.id).toBe(3);
    expect(await available(blog)).toEqual([shown]);
    // The same once more is no change; with another action it is the same address still.
    await blog.call('get-host-info', { hostId: 'web', callback: 4 });
    await tor.call('plugin.url.export-url', give(onion));
    await blog.call('echo', { message: 'nothing' });
    expect(blog.fired).toHaveLength(1);
    await tor.call('plugin.url.export-url', give(onion, { removeAction: null, overflowActions: [] }));
    expect(await available(blog)).toEqual([
      { ...shown, metadata: { ...shown.metadata, removeAction: null, overflowActions: [] } },
    ]);
    const second = { ...onion, hostname: `${'b'.repeat(56)}.onion` };
    await tor.call('plugin.url.export-url', give(second));
    expect(await tor.call('plugin.url.clear-urls', { except: [second] })).toBeNull();
    expect(await available(tor)).toEqual([{ ...shown, hostname: second.hostname }]);
    await tor.call('plugin.url.clear-urls', { except: [{ ...second, hostId: 'another' }] });
    expect(await available(tor)).toEqual([]);
  });

  test('outlive a stop of either side and a binding made anew; what its owner switches off shows none', async () => {
    await tor.call('plugin.url.export-url', give(onion));
    await shelf.kernel.services.stop('tor');
    await actual(shelf.kernel, 'tor', 'stopped');
    await blog.call('bind', { ...bind, preferredExternalPort: 8081 });
    expect(await available(blog)).toEqual([shown]);
    await blog.call('clear-bindings', { except: [] });
    expect(await available(blog)).toEqual([]);
    await blog.call('bind', bind);
    expect(await available(blog)).toEqual([shown]);
  });

  test('go with their provider, and with a version of it that gives none', async () => {
    const gone = async () =>
      until(
        () => shelf.kernel.services.read('blog')?.hosts['web']?.bindings['80']?.addresses.available.length === 0,
        'it goes',
      );
    await tor.call('plugin.url.register', { tableAction: 'add' });
    await tor.call('plugin.url.export-url', give(onion));
    await shelf.put('tor', {}, { version: '1.1:0' });
    await gone();
    expect(shelf.kernel.services.read('tor')).not.toHaveProperty('plugin');
    tor = await shelf.put('tor', {}, { ...plugins, version: '1.2:0' });
    await tor.call('plugin.url.export-url', give(onion));
    expect(await available(blog)).toEqual([shown]);
    const { job } = await shelf.kernel.services.uninstall('tor', { keepData: false, force: false });
    await shelf.kernel.jobs.wait(job);
    await gone();
  });

  test('are given only by a package that says so, to bindings that are there, in words fit for a URL, and not without end', async () => {
    for (const [effect, params] of Object.entries({
      'plugin.url.register': { tableAction: 'add' },
      'plugin.url.export-url': give(onion),
      'plugin.url.clear-urls': { except: [] },
    }))
      await expect(blog.call(effect, params)).rejects.toMatchObject({
        ...{ code: 38, message: 'Invalid Request' },
        data: { details: expect.stringContaining('does not list plugin "url-v0"') },
      });
    for (const wrong of [{ packageId: 'nobody' }, { packageId: null }, { hostId: 'x' }, { internalPort: 81 }])
      await expect(tor.call('plugin.url.export-url', give({ ...onion, ...wrong }))).rejects.toMatchObject({ code: 6 });
    for (const hostname of ['', 'a b', 'evil.onion/path', 'user@evil', 'a'.repeat(513), '<b>', 'x\n'])
      await expect(tor.call('plugin.url.export-url', give({ ...onion, hostname }))).rejects.toMatchObject({ code: 12 });
    await expect(tor.call('plugin.url.export-url', give({ ...onion, info: 'x'.repeat(5000) }))).rejects.toMatchObject({
      code: 12,
    });
    for (let port = 1; port <= 64; port += 1) await tor.call('plugin.url.export-url', give({ ...onion, port }));
    await expect(tor.call('plugin.url.export-url', give({ ...onion, port: 65 }))).rejects.toMatchObject({ code: 38 });
    expect(await available(blog)).toHaveLength(64);
  });
});

test('nothing is left unanswered', async () => {
  const app = await shelf.put('app');
  // Every effect answers something when it is asked nothing.
  for (const effect of Object.keys(effects).filter((name) => !/^(restart|shutdown|rebuild)$/.test(name)))
    await app.call(effect, {}).catch((error: unknown) => expect(error).toHaveProperty('code', expect.any(Number)));
});
