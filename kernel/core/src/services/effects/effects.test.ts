import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Manifest } from '@hearth/contract';
import type { FakeGuest, Script } from '../testing/fake-guest.ts';
import { actual, House, type Kernel, until } from '../testing/house.ts';
import { actionMetadata as action, Shelf } from '../testing/shelf.ts';
import { gatewayIn } from './gateway.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
let kernel: Kernel;
let shelf: Shelf;

beforeEach(async () => {
  house = await House.build();
  shelf = await Shelf.open(house);
  kernel = shelf.kernel;
});
afterEach(() => house.demolish());

const put = (id: string, script?: Script, manifest?: Partial<Manifest>): Promise<FakeGuest> =>
  shelf.put(id, script, manifest);
const run = (packageId: string, actionId: string, input: unknown = null) =>
  shelf.method('package.action.run', { packageId, actionId, input });

describe('errors', () => {
  test('have the shape and the words of StartOS', async () => {
    const app = await put('app');
    await expect(app.call('no-such-thing')).rejects.toMatchObject({
      code: -32601,
      data: { details: expect.any(String) },
    });
    await expect(app.call('echo', { message: 5 })).rejects.toMatchObject({
      code: 12,
      message: 'Deserialization Error',
    });
    await expect(app.call('get-service-manifest', { packageId: 'gone' })).rejects.toMatchObject({
      code: 6,
      message: 'Not Found',
    });
    await expect(
      app.call('bind-range', { id: 'a', internalStartPort: 1, externalStartPort: 1, numberOfPorts: 2 }),
    ).rejects.toMatchObject({ code: 38, message: 'Invalid Request' });
  });

  test('extra keys are ignored, and nothing answers as null', async () => {
    const app = await put('app');
    expect(await app.call('echo', { message: 'hi', stack: 'at x', eventId: 'e' })).toBe('hi');
    expect(await app.call('set-main-status', { status: 'running' })).toBeNull();
    expect(await app.call('get-system-smtp', { callback: null })).toBeNull();
  });

  test('a short-lived connection may ask too; one that talks nonsense is hung up on', async () => {
    await put('app');
    const path = join(house.places.run, 'rpc', 'app', 'host.sock');
    const answer = await new Promise((resolve) => {
      const socket = connect(path, () => socket.write('{"id":1,"method":"get-os-ip","params":{}}\n'));
      socket.once('data', (bytes) => resolve(JSON.parse(String(bytes))));
    });
    expect(answer).toEqual({ jsonrpc: '2.0', id: 1, result: '10.9.8.1' });
    await new Promise<void>((resolve) => {
      const socket = connect(path, () => socket.write('not json\n'));
      socket.on('close', () => resolve());
    });
  });
});

describe('network', () => {
  const ssl = { preferredExternalPort: 443, addXForwardedHeaders: false, alpn: null };

  test('a binding keeps its ports; an interface makes its addresses known; watchers hear of it once', async () => {
    house.network = {
      addressesFor: (service, host, port) => {
        const face = kernel.services.read(service)?.hosts[host]?.bindings[String(port)]?.interfaces['web'];
        const metadata = { kind: 'mdns' as const, gateways: [] };
        return face === undefined ? [] : [{ ssl: true, public: false, hostname: 'app.local', port: 443, metadata }];
      },
      certificate: async () => ['leaf', 'root'],
      certificateKey: async () => 'key',
    };
    const app = await put('app');
    const bind = { id: 'ui', internalPort: 80, preferredExternalPort: 8384, secure: null, addSsl: ssl };
    await app.call('bind', { ...bind, stack: 'at main' });
    const ports = await app.call('get-service-port-forward', { hostId: 'ui', internalPort: 80 });
    expect(ports).toEqual({ assignedPort: 8384, assignedSslPort: expect.any(Number) });
    await app.call('bind', { ...bind, preferredExternalPort: 9999 });
    expect(await app.call('get-service-port-forward', { hostId: 'ui', internalPort: 80 })).toEqual(ports);

    const before = (await app.call('get-host-info', { hostId: 'ui', callback: 3 })) as any;
    expect(before.bindings[80].addresses.available).toEqual([]);
    const face = {
      id: 'web',
      name: 'Web',
      description: '',
      masked: false,
      type: 'ui',
      addressInfo: { username: null, hostId: 'ui', internalPort: 80, scheme: 'http', sslScheme: 'https', suffix: '' },
    };
    await app.call('export-service-interface', face);
    await until(() => app.fired.length === 1, 'the callback');
    expect(app.fired[0]).toMatchObject({ id: 3 });
    const after = (await app.call('get-host-info', { hostId: 'ui', callback: null })) as any;
    expect(after.bindings[80].addresses.available).toHaveLength(1);
    expect(await app.call('list-service-interfaces', {})).toEqual({ web: face });
    expect(kernel.events.told).toContainEqual({ event: 'service.network', value: { service: 'app' } });
    await app.call('clear-service-interfaces', { except: [] });
    await app.call('clear-bindings', { except: [] });
    expect(kernel.services.read('app')?.hosts['ui']?.bindings['80']).toMatchObject({ enabled: false, interfaces: {} });
    expect(app.fired).toHaveLength(1);
    expect(await app.call('get-ssl-certificate', { hostnames: ['app.startos'] })).toEqual(['leaf', 'root']);
  });

  test('a service that speaks TLS itself and has it ended here gets no plain port', async () => {
    const app = await put('app');
    await app.call('bind', {
      id: 'ui',
      internalPort: 443,
      preferredExternalPort: 10443,
      secure: { ssl: true },
      addSsl: ssl,
    });
    const ports = await app.call('get-service-port-forward', { hostId: 'ui', internalPort: 443 });
    expect(ports).toEqual({ assignedPort: null, assignedSslPort: expect.any(Number) });
  });

  test('addresses are those of the bridge; without a network there is no certificate', async () => {
    const app = await put('app');
    await put('other');
    expect(await app.call('get-container-ip', { callback: 1 })).toBe('10.9.8.2');
    expect(await app.call('get-container-ip', { packageId: 'other', callback: null })).toBe('10.9.8.3');
    await expect(app.call('get-ssl-certificate', { hostnames: ['x'] })).rejects.toMatchObject({ code: 38 });
  });

  test('the gateway is the default route that costs least', () => {
    const line = (device: string, destination: string, metric: number, mask = '00000000') =>
      `${device}\t${destination}\t0102A8C0\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0`;
    const table = [
      'Iface\tDestination',
      line('wlan0', '00000000', 600),
      line('eth0', '00000000', 100),
      line('br0', '0000A8C0', 0, '00FFFFFF'),
    ];
    expect(gatewayIn(table.join('\n'))).toBe('eth0');
    expect(gatewayIn('')).toBeNull();
  });
});

describe('dependencies', () => {
  const need = { kind: 'running', id: 'db', healthChecks: ['ready'], versionRange: '>=1' };

  test('are told with all a package decides upon', async () => {
    const db = await put('db');
    const app = await put('app');
    await app.call('set-dependencies', { dependencies: [need] });
    await db.call('set-health', { id: 'ready', name: 'Ready', result: 'success', message: null });
    expect(await app.call('get-dependencies')).toEqual([need]);
    expect(await app.call('check-dependencies', { packageIds: ['db', 'stranger'] })).toEqual([
      {
        packageId: 'db',
        title: 'The db',
        installedVersion: '1.0:0',
        satisfies: [],
        isRunning: true,
        tasks: {},
        healthChecks: { ready: { name: 'Ready', result: 'success', message: null } },
      },
    ]);
    expect(await app.call('get-installed-packages')).toEqual(['db', 'app']);
  });

  const target = { packageId: 'db', volumeId: 'main', subpath: '/shared', readonly: true };

  test('volumes of a declared dependency are mounted; of others, and of outside paths, never', async () => {
    await put('db');
    const app = await put('app');
    await expect(app.call('mount', { location: '/mnt', target })).rejects.toMatchObject({ message: 'Unauthorized' });
    await app.call('set-dependencies', { dependencies: [need] });
    await app.call('mount', { location: '/mnt', target });
    expect(house.machine.mounts).toEqual([
      {
        service: 'app',
        location: '/mnt',
        source: { service: 'db', volume: 'main', subpath: 'shared', readonly: true, idmap: [] },
      },
    ]);
    for (const bad of [
      { location: '/mnt/../etc', target },
      { location: '/mnt', target: { ...target, subpath: '../..' } },
    ])
      await expect(app.call('mount', bad)).rejects.toMatchObject({ message: 'Unauthorized' });
    const missing = { ...target, volumeId: 'other' };
    await expect(app.call('mount', { location: '/mnt', target: missing })).rejects.toMatchObject({
      message: 'Not Found',
    });
    expect(house.machine.mounts).toHaveLength(1);
  });
});

describe('actions', () => {
  const answering: Script = {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'open', metadata: action({ access: 'public' }) });
      await effects.call('action.export', { id: 'close', metadata: action({ access: 'dependent' }) });
      await effects.call('action.export', { id: 'mine', metadata: action() });
      await effects.call('action.export', { id: 'off', metadata: action({ visibility: { disabled: 'not today' } }) });
      await effects.call('action.export', { id: 'again', metadata: action() });
    },
    execute: async (procedure, input, effects) => {
      if (procedure === '/actions/again/run') return effects.call('action.run', { actionId: 'mine', input: 'inner' });
      if (procedure.endsWith('getInput')) return { spec: { a: {} }, value: { a: 1 } };
      return { procedure, input };
    },
  };

  test('of another package run as far as its access goes', async () => {
    await put('db', answering);
    const app = await put('app');
    const ask = (actionId: string) => app.call('action.run', { packageId: 'db', actionId, input: null });
    expect(await ask('open')).toMatchObject({ procedure: '/actions/open/run' });
    await expect(ask('close')).rejects.toMatchObject({ code: 38 });
    await expect(ask('mine')).rejects.toMatchObject({ code: 38 });
    await app.call('set-dependencies', { dependencies: [{ kind: 'exists', id: 'db', versionRange: '*' }] });
    expect(await ask('close')).toMatchObject({ procedure: '/actions/close/run' });
    await expect(run('db', 'off')).rejects.toMatchObject({ code: 'services.actionDisabled' });
    await expect(run('db', 'nothing')).rejects.toMatchObject({ code: 'services.unknownAction' });
  });

  test('that run an action of their own package do not wait for themselves', async () => {
    await put('db', answering);
    expect(await run('db', 'again')).toEqual({ procedure: '/actions/mine/run', input: { input: 'inner' } });
  });

  test('give their input with the event it belongs to', async () => {
    await put('db', answering);
    const method = kernel.methods.get('package.action.get-input')!;
    const context = { signal: new AbortController().signal } as never;
    expect(await method.run({ packageId: 'db', actionId: 'mine' }, context)).toEqual({
      eventId: expect.any(String),
      spec: { a: {} },
      value: { a: 1 },
    });
  });
});

describe('the input of an action', () => {
  const port = { type: 'number', name: 'Port', required: true, min: 1, max: 65535, integer: true };
  const drawing: Script = {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'set', metadata: action() });
    },
    execute: async (procedure, input) =>
      procedure.endsWith('getInput') ? { spec: { port }, value: { port: 80 } } : { ran: input },
  };
  const get = async (): Promise<{ eventId: string }> =>
    kernel.methods
      .get('package.action.get-input')!
      .run({ packageId: 'db', actionId: 'set' }, { signal: new AbortController().signal } as never) as never;
  const runFor = (eventId: string | null, input: unknown) =>
    kernel.methods
      .get('package.action.run')!
      .run({ packageId: 'db', actionId: 'set', eventId, input }, { signal: new AbortController().signal } as never);

  test('is held to the form the owner saw, before the script sees it', async () => {
    const db = await put('db', drawing);
    const { eventId } = await get();
    await expect(runFor(eventId, { port: 0 })).rejects.toMatchObject({
      code: 'services.inputInvalid',
      kind: 'INVALID_INPUT',
      data: { problems: [{ path: 'port', message: 'must be at least 1' }] },
    });
    expect(db.asked.filter((each) => each.endsWith('/run'))).toEqual([]);
    expect(await runFor(eventId, { port: 81 })).toEqual({ ran: { input: { port: 81 } } });
    // Drawn once: for the whole event.
    expect(db.asked.filter((each) => each.endsWith('getInput'))).toHaveLength(1);
  });

  test('is held to a form drawn for it when the owner saw none', async () => {
    const db = await put('db', drawing);
    await expect(runFor(null, { port: 'x' })).rejects.toMatchObject({ code: 'services.inputInvalid' });
    expect(await runFor(null, { port: 7 })).toEqual({ ran: { input: { port: 7 } } });
    expect(db.asked.filter((each) => each.endsWith('getInput'))).toHaveLength(2);
  });
});

describe('tasks', () => {
  const critical = {
    replayId: 'password',
    packageId: 'app',
    actionId: 'set',
    severity: 'critical',
    reason: 'no password',
  };
  const withAction: Script = {
    init: async (_kind, effects) => {
      await effects.call('action.export', { id: 'set', metadata: action() });
    },
    execute: async () => null,
  };

  test('a critical one stops the service and keeps it from starting until its action ran', async () => {
    const app = await put('app', withAction);
    await app.call('action.create-task', critical);
    const stopped = await actual(kernel, 'app', 'stopped');
    expect(stopped.status.desired).toBe('running');
    await expect(kernel.services.start('app')).rejects.toMatchObject({ code: 'services.taskOpen' });
    const clear = kernel.methods.get('package.action.clear-task')!;
    await expect(
      clear.run({ packageId: 'app', replayId: 'password', force: false }, {} as never),
    ).rejects.toMatchObject({
      code: 'services.taskCritical',
    });
    await run('app', 'set', { password: 'x' });
    await actual(kernel, 'app', 'running');
    expect(kernel.services.read('app')?.tasks).toEqual({});
    // Once more, waved aside: only by force.
    await house.machine.guest('app').call('action.create-task', critical);
    await actual(kernel, 'app', 'stopped');
    await clear.run({ packageId: 'app', replayId: 'password', force: true }, {} as never);
    await actual(kernel, 'app', 'running');
    await expect(clear.run({ packageId: 'app', replayId: 'password', force: true }, {} as never)).rejects.toMatchObject(
      { code: 'services.unknownTask' },
    );
  });

  test('one with a condition is open while the value fits no template', async () => {
    let value = { port: 1 };
    await put('db', {
      ...withAction,
      execute: async (procedure) =>
        procedure.endsWith('getInput') ? { spec: {}, value } : ((value = { port: 2 }), null),
    });
    const app = await put('app');
    const when = { once: false, condition: 'input-not-matches' };
    const task = { packageId: 'db', actionId: 'set', severity: 'important', when };
    await app.call('action.create-task', {
      ...task,
      replayId: 'new',
      input: { kind: 'partial', accept: [{ port: 2 }], set: {} },
    });
    await app.call('action.create-task', { ...task, replayId: 'old', input: { kind: 'partial', value: { port: 1 } } });
    const active = () => {
      const { new: newer, old } = kernel.services.read('app')!.tasks;
      return [newer?.active, old?.active];
    };
    expect(active()).toEqual([true, false]);
    await run('db', 'set');
    await until(() => JSON.stringify(active()) === '[false,true]', 'the tasks to be looked at again');
    await app.call('action.clear-tasks', { only: ['new'] });
    expect(Object.keys(kernel.services.read('app')!.tasks)).toEqual(['old']);
    await expect(app.call('action.create-task', { ...task, replayId: 'x' })).rejects.toMatchObject({ code: 38 });
  });
});

describe('health and the rest', () => {
  test('a check keeps its since while its result stays, and is told once per change', async () => {
    const app = await put('app');
    const set = (result: string, message: string | null) =>
      app.call('set-health', { id: 'web', name: 'Web', result, message });
    await set('starting', null);
    await set('success', 'a');
    const { since } = kernel.services.health('app')['web']!;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await set('success', 'b');
    expect(kernel.services.health('app')['web']).toEqual({ name: 'Web', result: 'success', message: 'b', since });
    const told = kernel.events.told.filter(({ event }) => event === 'service.health').map(({ value }) => value);
    expect(told).toMatchObject([
      { before: null, after: 'starting' },
      { before: 'starting', after: 'success' },
    ]);
    await kernel.services.stop('app');
    await actual(kernel, 'app', 'stopped');
    expect(kernel.services.health('app')).toEqual({});
  });

  test('status, versions, notifications and subcontainers', async () => {
    const app = await put('app');
    expect(await app.call('get-status', { callback: 9 })).toMatchObject({
      desired: { main: 'running' },
      started: expect.stringMatching(/^\d{4}-/),
      health: {},
      error: null,
    });
    await app.call('set-health', { id: 'web', name: 'Web', result: 'success', message: null });
    await until(() => app.fired.some(({ id }) => id === 9), 'the status callback');
    expect(await app.call('get-status', { packageId: 'gone' })).toBeNull();
    await app.call('set-data-version', { version: '1.0:0' });
    expect(await app.call('get-data-version')).toBe('1.0:0');
    await app.call('notification.create', { level: 'info', title: 'T', message: 'M' });
    expect(kernel.events.told).toContainEqual({
      event: 'service.notification',
      value: { service: 'app', level: 'info', title: 'T', message: 'M', data: null },
    });
    const made = await app.call('subcontainer.create-fs', { imageId: 'main', name: 'x' });
    expect(made).toEqual([expect.stringContaining('/media/startos/subcontainers/'), expect.any(String)]);
    await app.call('subcontainer.destroy-fs', { guid: (made as string[])[1] });
    await expect(app.call('subcontainer.create-fs', { imageId: 'nope', name: null })).rejects.toMatchObject({
      code: 6,
    });
    await app.call('clear-callbacks', { except: [] });
  });
});
