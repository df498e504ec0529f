/** Rows of services for tests, and the kernel's `Services` as far as plugins read it. */
import type { BindOptions, ServiceInterface, ServiceRow, Services } from '@hearth/contract';

export interface TestBinding {
  readonly host?: string;
  readonly port: number;
  readonly options?: Partial<BindOptions>;
  readonly assignedPort?: number | null;
  readonly assignedSslPort?: number | null;
  readonly interfaces?: readonly (Partial<Omit<ServiceInterface, 'addressInfo'>> & {
    id: string;
    addressInfo?: Partial<ServiceInterface['addressInfo']>;
  })[];
}

/** TLS by Hearth in front of plain HTTP, as the SDK asks for a web page. */
export const webOptions: BindOptions = {
  preferredExternalPort: 80,
  addSsl: { preferredExternalPort: 443, addXForwardedHeaders: false, alpn: null },
  secure: null,
};

export function serviceRow(id: string, index: number, bindings: readonly TestBinding[] = []): ServiceRow {
  const hosts: ServiceRow['hosts'] = {};
  for (const { host = 'main', port, options, assignedPort, assignedSslPort, interfaces = [] } of bindings) {
    hosts[host] ??= { bindings: {}, bindingRanges: {}, publicDomains: {}, privateDomains: {}, portForwards: [] };
    hosts[host].bindings[String(port)] = {
      enabled: true,
      options: { ...webOptions, ...options },
      net: { assignedPort: assignedPort ?? null, assignedSslPort: assignedSslPort ?? null },
      addresses: { enabled: [], disabled: [], guaAccess: {}, available: [] },
      interfaces: Object.fromEntries(
        interfaces.map((face) => [
          face.id,
          {
            ...{ name: face.id, description: '', masked: false, type: 'ui' as const },
            ...face,
            addressInfo: {
              ...{ username: null, hostId: host, internalPort: port, scheme: 'http', sslScheme: 'https', suffix: '' },
              ...face.addressInfo,
            },
          },
        ]),
      ),
    };
  }
  return {
    id,
    index,
    manifest: {
      id,
      version: '1.0.0:0',
      canMigrateTo: '!',
      canMigrateFrom: '*',
      title: id.charAt(0).toUpperCase() + id.slice(1),
      description: { short: '', long: '' },
      releaseNotes: '',
      gitHash: null,
      license: 'MIT',
      packageRepo: 'https://example.com/',
      upstreamRepo: 'https://example.com/',
      marketingUrl: null,
      donationUrl: null,
      osVersion: null,
      sdkVersion: null,
      hardwareAcceleration: false,
      userspaceFilesystems: false,
      virtualNetworking: false,
      plugins: [],
      satisfies: [],
      images: {},
      volumes: ['main'],
      dependencies: {},
      hardwareRequirements: { device: [], ram: null, arch: null },
    },
    package: {
      rootSighash: 'ab'.repeat(32),
      rootMaxsize: 1000,
      signer: 'cd'.repeat(32),
      registry: null,
      size: 1000,
      installedAt: 1,
    },
    status: { desired: 'running', actual: 'running', reason: '', since: 1, deadline: null, startedAt: 1, crashes: 0 },
    error: null,
    job: null,
    hosts,
    actions: {},
    tasks: {},
    dependencies: {},
    lastBackup: null,
  };
}

/** `rows` is read anew at every call: tests change it. Whatever a test does not give is refused. */
export function servicesOf(rows: ServiceRow[], more: Partial<Services> = {}): Services {
  const refused = (name: string) => (): never => {
    throw new Error(`${name} is not expected here`);
  };
  return {
    read: (id) => rows.find((row) => row.id === id) ?? null,
    list: () => rows,
    health: () => ({}),
    registerSource: () => undefined,
    plan: refused('plan'),
    install: refused('install'),
    start: refused('start'),
    stop: refused('stop'),
    restart: refused('restart'),
    uninstall: refused('uninstall'),
    backUp: refused('backUp'),
    markBackedUp: refused('markBackedUp'),
    giveAddresses: refused('giveAddresses'),
    archive: refused('archive'),
    address: (id) => `10.0.3.${rows.find((row) => row.id === id)?.index ?? 0}`,
    ...more,
  };
}
