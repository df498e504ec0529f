import { describe, expect, test } from '@jest/globals';
import { serviceRow, type TestBinding } from '../../../../spec/testbed/services.ts';
import { bindingAddresses, serverAddresses, serviceAddresses, type Surroundings } from './addresses.ts';
import { enabledBindings } from './bindings.ts';
import { assignLabels } from './labels.ts';
import { planNetwork } from './plan.ts';

const page = (port: number, id = 'ui', more: Partial<TestBinding> = {}): TestBinding => ({
  port,
  host: id,
  interfaces: [{ id }],
  ...more,
});
const sync: TestBinding = {
  port: 22000,
  host: 'sync',
  options: { addSsl: null, secure: { ssl: true }, preferredExternalPort: 22000 },
  assignedPort: 22000,
  interfaces: [{ id: 'sync', type: 'p2p', addressInfo: { scheme: null, sslScheme: null } }],
};
/** Speaks something else than HTTP behind TLS. */
const electrum = page(50001, 'electrum', {
  assignedSslPort: 50002,
  interfaces: [{ id: 'electrum', type: 'api', addressInfo: { scheme: null, sslScheme: 'ssl' } }],
});
const address = (service: string): string => (service === 'syncthing' ? '10.0.3.2' : '10.0.3.3');
const plan = (services: ReturnType<typeof serviceRow>[]) =>
  planNetwork({ services, labels: assignLabels({}, services), hostname: 'family', address, ownPorts: [8443, 8080] });

describe('host names', () => {
  test('the first page bears the name of the service, the others theirs before it', () => {
    const row = serviceRow('nextcloud', 2, [
      page(81, 'api', { interfaces: [{ id: 'api', type: 'api' }] }),
      page(82, 'main'),
      page(83, 'Admin Panel!'),
    ]);
    expect(assignLabels({}, [row])).toEqual({
      nextcloud: { '82/main': 'nextcloud', '83/Admin Panel!': 'admin-panel-nextcloud', '81/api': 'api-nextcloud' },
    });
  });

  test('a name once given cannot be taken over by a package that comes later', () => {
    const first = serviceRow('nextcloud', 2, [page(80), page(81, 'admin')]);
    const kept = assignLabels({}, [first]);
    const impostor = serviceRow('admin-nextcloud', 3, [page(80)]);
    expect(assignLabels(kept, [impostor, first])).toEqual({
      ...kept,
      'admin-nextcloud': { '80/ui': 'admin-nextcloud-2' },
    });
    // Neither by a new page of the same service, nor by the order in which it tells them.
    const more = serviceRow('nextcloud', 2, [page(79, 'new'), page(80), page(81, 'admin')]);
    expect(assignLabels(kept, [more])['nextcloud']).toEqual({ ...kept['nextcloud'], '79/new': 'new-nextcloud' });
    expect(assignLabels(kept, [impostor])).toEqual({ 'admin-nextcloud': { '80/ui': 'admin-nextcloud' } });
  });

  test('are single labels whatever a package writes', () => {
    const id = 'a'.repeat(40);
    const row = serviceRow(id, 2, [
      page(1),
      ...[2, 3, 4].map((port) => page(port, `${'Ü. '.repeat(port)}${'z'.repeat(200)}`)),
    ]);
    const labels = Object.values(assignLabels({}, [row])[id] ?? {});
    expect(new Set(labels).size).toBe(4);
    for (const label of labels) expect(label).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });
});

describe('the plan', () => {
  test('puts pages behind names and hands other ports on, both protocols', () => {
    const made = plan([serviceRow('syncthing', 2, [page(8384), sync])]);
    expect(made.sites).toEqual([
      {
        ...{ service: 'syncthing', hostId: 'ui', internalPort: 8384 },
        names: ['syncthing.family.local', 'syncthing.localhost'],
        upstream: { address: '10.0.3.2', port: 8384, tls: false },
      },
    ]);
    expect(made.bridge.forwards).toEqual([
      { protocol: 'tcp', hostPort: 22000, index: 2, servicePort: 22000 },
      { protocol: 'udp', hostPort: 22000, index: 2, servicePort: 22000 },
    ]);
    expect(made.records).toEqual([
      { name: 'syncthing.startos', address: '10.0.3.2' },
      { name: 'syncthing.hearth', address: '10.0.3.2' },
    ]);
  });

  test('speaks TLS to a service that insists, and ends it at a port for what is no page', () => {
    const made = plan([
      serviceRow('syncthing', 2, [page(8384, 'ui', { options: { secure: { ssl: true } } }), electrum]),
    ]);
    expect(made.sites.map(({ upstream }) => upstream.tls)).toEqual([true]);
    expect(made.tlsPorts).toEqual([
      { service: 'syncthing', port: 50002, upstream: { address: '10.0.3.2', port: 50001, tls: false } },
    ]);
  });

  test('exposes nothing that is switched off, has no interface, or wants a port of ours or of another', () => {
    const off = serviceRow('off', 2, [page(80), sync]);
    for (const host of Object.values(off.hosts)) for (const info of Object.values(host.bindings)) info.enabled = false;
    const quiet = serviceRow('quiet', 3, [page(80, 'ui', { interfaces: [] }), { ...sync, interfaces: [] }]);
    const greedy = serviceRow('greedy', 4, [{ ...sync, assignedPort: 8443 }]);
    const first = serviceRow('first', 5, [sync]);
    const second = serviceRow('second', 6, [sync]);
    const made = plan([off, quiet, greedy, first, second]);
    expect(made.sites).toEqual([]);
    expect(made.bridge.forwards.map(({ index }) => index)).toEqual([5, 5]);
  });

  test('takes an interface for programs that names no scheme for something else than HTTP', () => {
    const bare = (type: 'ui' | 'api', alpn: string[] | null = null): TestBinding => ({
      ...page(50001, type, {
        assignedSslPort: 50002,
        ...(alpn && { options: { addSsl: { preferredExternalPort: 50002, alpn: { specified: alpn } } as never } }),
      }),
      interfaces: [{ id: type, type, addressInfo: { scheme: null, sslScheme: null } }],
    });
    const api = plan([serviceRow('syncthing', 2, [bare('api')])]);
    expect([api.sites, api.tlsPorts.map(({ port }) => port)]).toEqual([[], [50002]]);
    const ui = plan([serviceRow('syncthing', 2, [bare('ui')])]);
    expect([ui.sites.length, ui.tlsPorts]).toEqual([1, []]);
    const asked = plan([serviceRow('syncthing', 2, [bare('api', ['http/1.1'])])]);
    expect([asked.sites.length, asked.tlsPorts]).toEqual([1, []]);
  });

  test('hands on what is secure by itself beside ending TLS for it', () => {
    const turn: TestBinding = {
      ...page(3478, 'turn', { assignedPort: 3478, assignedSslPort: 5349, options: { secure: { ssl: false } } }),
      interfaces: [{ id: 'turn', type: 'api', addressInfo: { scheme: 'turn', sslScheme: 'turns' } }],
    };
    const row = serviceRow('syncthing', 2, [turn]);
    const made = plan([row]);
    expect(made.tlsPorts.map(({ port }) => port)).toEqual([5349]);
    expect(made.bridge.forwards).toEqual([
      { protocol: 'tcp', hostPort: 3478, index: 2, servicePort: 3478 },
      { protocol: 'udp', hostPort: 3478, index: 2, servicePort: 3478 },
    ]);
    const around = { labels: {}, hostname: 'family', httpsPort: 8443, lan: [], address };
    expect(serviceAddresses(row, around)['turn']?.map(({ url }) => url)).toEqual([
      'turns://family.local:5349',
      'turn://family.local:3478',
    ]);
  });

  test('leads services to every assigned port at the address of the bridge, exported or not', () => {
    const made = plan([
      serviceRow('syncthing', 2, [page(8384, 'ui', { assignedPort: 50_080 }), sync]),
      serviceRow('tor', 3, [{ ...sync, port: 9050, assignedPort: 9050, interfaces: [] }]),
    ]);
    const within = made.bridge.forwards.filter((forward) => forward.within === true);
    expect(within.map(({ hostPort, index, servicePort }) => [hostPort, index, servicePort])).toEqual([
      [50_080, 2, 8384],
      [50_080, 2, 8384],
      [9050, 3, 9050],
      [9050, 3, 9050],
    ]);
  });

  test('lets a service reach what its manifest names as optional, as long as it is there', () => {
    const tor = serviceRow('tor', 2, [{ ...sync, port: 9050, assignedPort: 9050, interfaces: [] }]);
    const node = serviceRow('node', 3);
    node.manifest.dependencies = { tor: { description: 'For privacy', optional: true, metadata: null } as never };
    expect(plan([tor, node]).bridge.rules.map(({ mayReach }) => mayReach.map(({ port }) => port))).toEqual([
      [],
      [9050, 9050],
    ]);
    expect(plan([node]).bridge.rules.map(({ mayReach }) => mayReach)).toEqual([[]]);
  });

  test('lets services reach the declared ports of what they depend on, nothing else', () => {
    const syncthing = serviceRow('syncthing', 2, [page(8384), { port: 9999, host: 'inner' }, electrum]);
    const reader = serviceRow('reader', 3);
    reader.dependencies = {
      syncthing: { kind: 'exists', id: 'syncthing', versionRange: '*' },
      absent: { kind: 'exists', id: 'absent', versionRange: '*' },
    };
    const { rules } = plan([syncthing, reader]).bridge;
    expect(rules).toEqual([
      { service: 'syncthing', index: 2, internet: true, mayReach: [], hostPorts: [] },
      {
        ...{ service: 'reader', index: 3, internet: true, hostPorts: [{ protocol: 'tcp', port: 50002 }] },
        mayReach: [8384, 9999, 50001].flatMap((port) =>
          ['tcp', 'udp'].map((protocol) => ({ index: 2, protocol, port })),
        ),
      },
    ]);
  });
});

/** Tor gives the page of the blog an address, and its inner binding one as well. */
function withOnions(): { blog: ReturnType<typeof serviceRow>; tor: ReturnType<typeof serviceRow> } {
  const blog = serviceRow('syncthing', 2, [
    page(80, 'ui', { interfaces: [{ id: 'ui' }, { id: 'admin' }] }),
    { port: 81 },
  ]);
  const tor = serviceRow('tor', 3);
  const metadata = {
    kind: 'plugin' as const,
    packageId: 'tor',
    removeAction: 'remove',
    overflowActions: [],
    info: null,
  };
  for (const { bindings } of Object.values(blog.hosts))
    for (const { addresses } of Object.values(bindings))
      addresses.available = [{ ssl: false, public: true, hostname: 'abc.onion', port: 80, metadata }];
  return { blog, tor };
}

test('what gives an interface an address reaches that interface, once its manifest says so, and nothing else', () => {
  const { blog, tor } = withOnions();
  const reach = () =>
    plan([blog, tor]).bridge.rules.map(({ service, mayReach }) => [service, mayReach.map(({ port }) => port)]);
  expect(reach()).toEqual([
    ['syncthing', []],
    ['tor', []],
  ]);
  tor.manifest.plugins = ['url-v0'];
  expect(reach()).toEqual([
    ['syncthing', []],
    ['tor', [80, 80]],
  ]);
  blog.hosts['ui']!.bindings['80']!.enabled = false;
  expect(reach()).toEqual([
    ['syncthing', []],
    ['tor', []],
  ]);
});

test('an address that another service gave is told with who gave it, and what its actions are run with', () => {
  const { blog } = withOnions();
  const around = { labels: assignLabels({}, [blog]), hostname: 'family', httpsPort: 8443, lan: [], address };
  const told = serviceAddresses(blog, around);
  expect(Object.keys(told)).toEqual(['ui', 'admin']);
  expect(told['admin']?.at(-1)).toEqual({
    url: 'http://abc.onion',
    kind: 'plugin',
    given: {
      service: 'tor',
      actions: { remove: 'remove', more: [] },
      metadata: {
        ...{ packageId: 'syncthing', hostId: 'ui', internalPort: 80, interfaceId: 'admin' },
        ...{ ssl: false, public: true, hostname: 'abc.onion', port: 80, info: null },
      },
    },
  });
});

describe('addresses', () => {
  const row = serviceRow('syncthing', 2, [
    page(8384, 'ui', { interfaces: [{ id: 'ui', addressInfo: { suffix: '/start?x=1', username: 'me@home' } }] }),
    sync,
    { port: 1, host: 'inner' },
  ]);
  const lan = [
    { interface: 'eth0', address: '192.168.1.5', family: 4 as const, cidr: '192.168.1.5/24', private: true },
    { interface: 'eth0', address: '203.0.113.9', family: 4 as const, cidr: '203.0.113.9/24', private: false },
    { interface: 'eth0', address: 'fd00::2', family: 6 as const, cidr: 'fd00::2/64', private: true },
  ];
  const around: Surroundings = { labels: assignLabels({}, [row]), hostname: 'family', httpsPort: 8443, lan, address };
  const bridge = { public: false, hostname: '10.0.3.2', metadata: { kind: 'ipv4', gateway: 'lxcbr0' } };
  const of = (port: number) =>
    bindingAddresses(row, enabledBindings(row).find(({ internalPort }) => internalPort === port)!, around);
  const gateways = ['eth0', 'lxcbr0'];

  test('of a page: its names, and the bridge for dependants', () => {
    expect(of(8384)).toEqual([
      {
        ssl: true,
        public: false,
        hostname: 'syncthing.family.local',
        port: 8443,
        metadata: { kind: 'mdns', gateways },
      },
      { ssl: true, public: false, hostname: 'syncthing.localhost', port: 8443, metadata: { kind: 'mdns', gateways } },
      { ...bridge, ssl: false, port: 8384 },
    ]);
  });

  test('of a port: the server’s name and its private addresses', () => {
    expect(of(22000)).toEqual([
      { ssl: true, public: false, hostname: 'family.local', port: 22000, metadata: { kind: 'mdns', gateways } },
      { ssl: true, public: false, hostname: '192.168.1.5', port: 22000, metadata: { kind: 'ipv4', gateway: 'eth0' } },
      { ...bridge, ssl: true, port: 22000 },
    ]);
  });

  test('of a binding without an interface: the bridge alone', () => {
    expect(of(1)).toEqual([{ ...bridge, ssl: false, port: 1 }]);
  });

  test('for people', () => {
    expect(serviceAddresses(row, around)).toEqual({
      ui: [
        { url: 'https://me%40home@syncthing.family.local:8443/start?x=1', kind: 'mdns' },
        { url: 'https://me%40home@syncthing.localhost:8443/start?x=1', kind: 'localhost' },
      ],
      sync: [
        { url: 'family.local:22000', kind: 'mdns' },
        { url: '192.168.1.5:22000', kind: 'ipv4' },
      ],
    });
    expect(serverAddresses('family', 443, lan).map(({ url }) => url)).toEqual([
      'https://family.local',
      'https://localhost',
      'https://192.168.1.5',
      'https://203.0.113.9',
      'https://[fd00::2]',
    ]);
  });

  test('never become something else by what a package writes', () => {
    const wild = serviceRow('wild', 2, [
      page(80, 'ui', {
        interfaces: [
          {
            id: 'ui',
            addressInfo: { sslScheme: 'javascript:alert(1)//', suffix: '@evil.example', username: 'a:b@c/' },
          },
        ],
      }),
    ]);
    const [first] = serviceAddresses(wild, { ...around, labels: assignLabels({}, [wild]) })['ui'] ?? [];
    expect(first?.url).toBe('a%3Ab%40c%2F@wild.family.local:8443');
  });
});

test('a range is forwarded as one, shown to people with both its ends, and open to those that need it', () => {
  const addresses = { enabled: [], disabled: [], guaAccess: {}, available: [] };
  const face = { id: 'zmq', name: 'ZMQ', description: '', scheme: 'tcp' };
  const info = { enabled: true, externalStartPort: 28332, numberOfPorts: 3, addresses, interface: face };
  const row = serviceRow('bitcoin', 2);
  row.hosts['zmq'] = {
    bindings: {},
    bindingRanges: { 8332: info },
    publicDomains: {},
    privateDomains: {},
    portForwards: [],
  };
  const needs = serviceRow('lightning', 3);
  needs.dependencies['bitcoin'] = { kind: 'exists', id: 'bitcoin', versionRange: '*' };
  const { forwards, rules } = plan([row, needs]).bridge;
  const first = { hostPort: 28332, index: 2, servicePort: 8332, count: 3 };
  expect(forwards).toEqual([
    { protocol: 'tcp', ...first },
    { protocol: 'udp', ...first },
  ]);
  expect(rules[1]?.mayReach.map(({ port }) => port)).toEqual([8332, 8332, 8333, 8333, 8334, 8334]);
  const around: Surroundings = { labels: {}, hostname: 'family', httpsPort: 8443, lan: [], address };
  expect(serviceAddresses(row, around)).toEqual({ zmq: [{ url: 'tcp://family.local:28332-28334', kind: 'mdns' }] });
  row.hosts['zmq'].bindingRanges = { 8332: { ...info, interface: null } };
  expect(plan([row]).bridge.forwards).toEqual([]);
});
