/** A package that gives the services of others addresses. */
import { expect, test } from '@jest/globals';
import { jsonFile } from '../files/json.ts';
import * as model from '../model/model.ts';
import { about, images } from '../testing/example.ts';
import { FakeMachine, until } from '../testing/fake-machine.ts';
import { urlPlugin } from './address-provider.ts';
import { defineService } from './define-service.ts';
import type { HostInfo } from './effects.ts';
import * as fields from './fields.ts';
import { inside } from './inside.ts';

const wanted = model.object({
  names: model.list(model.object({ packageId: model.text(), port: model.number(), name: model.text() })),
});

const lantern = (machine: FakeMachine) =>
  defineService(
    {
      about,
      images,
      volumes: ['data'],
      daemons: {},
      files: { wanted: jsonFile({ volume: 'data', path: 'wanted.json', model: wanted, initial: { names: [] } }) },
      actions: {
        add: {
          name: 'Hang a lantern',
          description: 'Gives it a name',
          hidden: true,
          input: { urlPluginMetadata: fields.interfacePlace(), name: fields.text({ name: 'Name' }) },
          async run({ files }, { urlPluginMetadata: { packageId, internalPort }, name }) {
            const names = (await files.wanted.once()).names;
            await files.wanted.merge({ names: [...names, { packageId, port: internalPort, name }] });
            return null;
          },
        },
        remove: {
          name: 'Take it down',
          description: 'Takes the name away',
          hidden: true,
          input: { urlPluginMetadata: fields.addressPlace() },
          async run({ files }, { urlPluginMetadata: { hostname } }) {
            const names = (await files.wanted.once()).names;
            await files.wanted.merge({ names: names.filter(({ name }) => hostname !== `${name}.example`) });
            return null;
          },
        },
      },
      addressProvider: {
        plugin: urlPlugin,
        add: 'add',
        remove: 'remove',
        async addresses({ files }) {
          const { names } = await files.wanted.const();
          return names.map(({ packageId, port, name }) => ({
            ...{ packageId, hostId: 'ui', internalPort: port, hostname: `${name}.example`, port: null, public: true },
          }));
        },
      },
      backup: ['data'],
    },
    machine.host,
  );

const bound = (port: number, enabled = true): HostInfo => ({
  bindings: {
    [port]: {
      enabled,
      addresses: {
        available: [
          { ssl: true, public: false, hostname: 'blog.local', port: 443, metadata: { kind: 'mdns' } },
          { ssl: false, public: false, hostname: '10.0.3.4', port, metadata: { kind: 'ipv4', gateway: 'lxcbr0' } },
        ],
      },
      interfaces: {},
    },
  },
});
const place = { packageId: 'blog', interfaceId: 'ui', hostId: 'ui', internalPort: 80 };
const address = {
  ...{ packageId: 'blog', hostId: 'ui', internalPort: 80, hostname: 'blue.example', port: null },
  ...{ ssl: false, public: true, info: null },
};
const given = (machine: FakeMachine) => machine.named('plugin.url.exportUrl');
const cleared = (machine: FakeMachine) => machine.named('plugin.url.clearUrls').at(-1);

test('says so in its manifest, offers its action, gives what it should, and takes back what it should not', async () => {
  const machine = new FakeMachine();
  machine.hosts.set('ui', bound(80));
  const { manifest, init, actions } = lantern(machine);
  expect(manifest['plugins']).toEqual(['url-v0']);
  await init({ effects: machine.effects, kind: 'install' });
  expect(machine.named('plugin.url.register')).toEqual([{ tableAction: 'add' }]);
  expect(cleared(machine)).toEqual({ except: [] });
  await actions.get('add')?.run({ effects: machine.effects, input: { urlPluginMetadata: place, name: 'blue' } });
  await until(() => machine.named('plugin.url.clearUrls').length === 2, 'the address is given');
  expect(given(machine)).toEqual([{ hostnameInfo: address, removeAction: 'remove', overflowActions: [] }]);
  expect(cleared(machine)).toEqual({ except: [address] });
  const told = { ...address, interfaceId: 'ui' };
  await actions.get('remove')?.run({ effects: machine.effects, input: { urlPluginMetadata: told } });
  await until(() => machine.named('plugin.url.clearUrls').length === 3, 'it is taken back');
  expect(cleared(machine)).toEqual({ except: [] });
});

test('waits for a port that is not there, and gives the others meanwhile, also after one was refused', async () => {
  const machine = new FakeMachine();
  const names = [
    { packageId: 'blog', port: 80, name: 'blue' },
    { packageId: 'blog', port: 80, name: 'green' },
  ];
  machine.write('/media/startos/volumes/data/wanted.json', JSON.stringify({ names }));
  const { url } = machine.effects.plugin;
  Object.assign(url, {
    exportUrl(params: { hostnameInfo: { hostname: string } }) {
      if (params.hostnameInfo.hostname === 'blue.example') return Promise.reject(new Error('not that one'));
      machine.calls.push(['plugin.url.exportUrl', params]);
      return Promise.resolve(null);
    },
  });
  await lantern(machine).init({ effects: machine.effects, kind: null });
  expect(given(machine)).toEqual([]);
  machine.hosts.set('ui', bound(80));
  machine.changed('host');
  await until(() => given(machine).length > 0, 'the address is given');
  expect(given(machine)).toMatchObject([{ hostnameInfo: { hostname: 'green.example' } }]);
  expect(machine.logs.join()).toContain('blue.example was not given to blog');
});

test('its actions run beside an interface or an address, and nowhere else', async () => {
  const machine = new FakeMachine();
  const { actions } = lantern(machine);
  const run = (id: string, urlPluginMetadata: unknown) =>
    actions.get(id)?.run({ effects: machine.effects, input: { urlPluginMetadata, name: 'x' } });
  for (const wrong of [undefined, null, 'blog', { ...place, internalPort: '80' }, { ...place, hostId: null }])
    await expect(run('add', wrong)).rejects.toThrow('Run this beside the interface it is about');
  for (const wrong of [undefined, place, { ...address, interfaceId: 'ui', port: 'x' }])
    await expect(run('remove', wrong)).rejects.toThrow('Run this beside the address it is about');
});

test('one whose actions are not told what they are about does not load; others list no plugin', () => {
  const { host } = new FakeMachine();
  const base = { about, images, volumes: ['data'] as const, daemons: {}, backup: [] };
  const run = () => Promise.resolve(null);
  expect(() =>
    defineService(
      {
        ...base,
        actions: { add: { name: 'Add', description: '', run } },
        addressProvider: { plugin: urlPlugin, add: 'add', addresses: () => Promise.resolve([]) },
      },
      host,
    ),
  ).toThrow('Action add of the address provider takes no field urlPluginMetadata');
  expect(defineService(base, host).manifest['plugins']).toEqual([]);
  const heard = { urlPluginMetadata: fields.interfacePlace() };
  const mistaken = () =>
    defineService(
      {
        ...base,
        actions: { add: { name: 'Add', description: '', input: heard, run } },
        // @ts-expect-error -- no such action
        addressProvider: { plugin: urlPlugin, add: 'add', remove: 'ad', addresses: () => Promise.resolve([]) },
      },
      host,
    );
  expect(mistaken).toThrow('Action ad of');
});

test('what only packages see has a port and no interface, and is told where it is', async () => {
  const machine = new FakeMachine();
  const proxy = { name: 'Proxy', description: '', type: 'api', port: 9050, protocol: 'tcp', internal: true } as const;
  let seen: unknown = null;
  const { init } = defineService(
    {
      ...{ about, images, volumes: [], daemons: {}, backup: [], interfaces: { proxy } },
      async prepare(context) {
        seen = await inside(context, { packageId: 'blog', hostId: 'ui', internalPort: 80 }, machine.host.log).const();
      },
    },
    machine.host,
  );
  await init({ effects: machine.effects, kind: null });
  expect(seen).toBeNull();
  expect(machine.named('bind')).toMatchObject([{ id: 'proxy', internalPort: 9050, addSsl: null }]);
  expect(machine.named('exportServiceInterface')).toEqual([]);
  expect(machine.named('clearBindings')).toEqual([{ except: [{ id: 'proxy', internalPort: 9050 }] }]);
  const there = { hostname: '10.0.3.4', port: 80, encrypted: false };
  for (const [info, place] of [
    [bound(80), there],
    [bound(80, false), null],
    [bound(80), there],
    [bound(81), null],
  ] as const) {
    seen = 'not yet';
    await until(() => machine.follows('host'), 'it waits');
    machine.hosts.set('ui', info);
    machine.changed('host');
    await until(() => seen !== 'not yet', 'it is told');
    expect(seen).toEqual(place);
  }
});
