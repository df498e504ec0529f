/** How a service can be reached, put together from its row and the network's addresses. */
import type { ServiceInterface, ServiceRow } from '@hearth/contract';
import type { Address, NetworkState } from './slices.ts';

export interface ReachableInterface extends Omit<ServiceInterface, 'addressInfo'> {
  /** Best first. */
  readonly addresses: readonly Address[];
}

/** Pages for people first, then interfaces for programs, then for peers. */
const order: Readonly<Record<ServiceInterface['type'], number>> = { ui: 0, api: 1, p2p: 2 };

export function interfacesOf(row: ServiceRow, network: NetworkState | undefined): readonly ReachableInterface[] {
  const addresses = network?.addresses?.[row.id] ?? {};
  return Object.values(row.hosts)
    .flatMap(({ bindings }) => Object.values(bindings))
    .flatMap(({ interfaces }) => Object.values(interfaces))
    .map(({ id, name, description, masked, type }) => ({
      id,
      name,
      description,
      masked,
      type,
      addresses: addresses[id] ?? [],
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
