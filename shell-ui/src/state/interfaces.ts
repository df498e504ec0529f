/** How a service can be reached, put together from its row and the network's addresses. */
import type { ServiceInterface, ServiceRow } from '@hearth/contract';
import type { Address, NetworkState } from './slices.ts';

export interface ReachableInterface extends Omit<ServiceInterface, 'addressInfo'> {
  /** Best first. */
  readonly addresses: readonly Address[];
  /** What an action that gives it another address is run with; null while its binding is switched off. */
  readonly metadata: object | null;
}

/** Pages for people first, then interfaces for programs, then for peers. */
const order: Readonly<Record<ServiceInterface['type'], number>> = { ui: 0, api: 1, p2p: 2 };

export function interfacesOf(row: ServiceRow, network: NetworkState | undefined): readonly ReachableInterface[] {
  const addresses = network?.addresses?.[row.id] ?? {};
  return Object.values(row.hosts)
    .flatMap(({ bindings }) => Object.values(bindings))
    .flatMap(({ enabled, interfaces }) => Object.values(interfaces).map((face) => ({ enabled, ...face })))
    .map(({ id, name, description, masked, type, enabled, addressInfo: { hostId, internalPort } }) => ({
      id,
      name,
      description,
      masked,
      type,
      addresses: addresses[id] ?? [],
      metadata: enabled ? { packageId: row.id, interfaceId: id, hostId, internalPort } : null,
    }))
    .sort((one, other) => order[one.type] - order[other.type] || one.name.localeCompare(other.name));
}

export interface Page {
  readonly name: string;
  readonly url: string;
}

/** The pages a browser can open, one per interface: by the kind of address this page itself was opened with, if there. */
export function pagesOf(row: ServiceRow, network: NetworkState | undefined, here: string): readonly Page[] {
  return interfacesOf(row, network)
    .filter(({ type }) => type === 'ui')
    .flatMap(({ name, addresses }) => {
      const web = addresses.filter(({ url }) => url.startsWith('https://') || url.startsWith('http://'));
      const best = web.find(({ kind }) => kind === kindOf(here)) ?? web[0];
      return best === undefined ? [] : [{ name, url: best.url }];
    });
}

/** Of the host name in the address bar. */
export function kindOf(hostname: string): Address['kind'] {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname.startsWith('127.')) return 'localhost';
  if (hostname.startsWith('[')) return 'ipv6';
  return /^[\d.]+$/.test(hostname) ? 'ipv4' : 'mdns';
}

/** A service that gives interfaces of others addresses, and the action by which it does. */
export interface Provider {
  readonly service: string;
  readonly title: string;
  readonly action: string;
  /** What the action is called. */
  readonly name: string;
  readonly running: boolean;
}

export function providersOf(services: Readonly<Record<string, ServiceRow>>): readonly Provider[] {
  return Object.values(services)
    .flatMap((row) => {
      const action = row.plugin?.url?.tableAction ?? '';
      const metadata = row.actions[action];
      if (metadata === undefined) return [];
      const running = row.status.actual === 'running';
      return [{ service: row.id, title: row.manifest.title, action, name: metadata.name, running }];
    })
    .sort((one, other) => one.title.localeCompare(other.title));
}
