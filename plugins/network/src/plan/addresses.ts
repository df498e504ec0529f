/** Where services and the box itself can be reached, for packages (`HostnameInfo`) and for people (URLs). */
import { type HostnameInfo, pluginMetadata, type ServiceInterface, type ServiceRow } from '@hearth/contract';
import type { MachineAddress } from '../machine.ts';
import type { Address } from '../state.ts';
import type { Binding } from './bindings.ts';
import {
  bindingKey,
  enabledBindings,
  enabledRanges,
  isForwarded,
  isTerminated,
  isWeb,
  type Range,
} from './bindings.ts';
import type { Labels } from './labels.ts';
import { siteNames } from './plan.ts';

export interface Surroundings {
  readonly labels: Labels;
  readonly hostname: string;
  readonly httpsPort: number;
  readonly lan: readonly MachineAddress[];
  /** Of a service's container. */
  readonly address: (service: string) => string;
}

/** The name the package ABI gives the bridge of the services, whatever it is called here. */
const bridgeGateway = 'lxcbr0';

/**
 * All addresses of a binding, best first: names, then addresses of the local network, then the container's own on the
 * bridge. The last is there for every binding that is on, exported or not: it is what dependants are told to use.
 */
export function bindingAddresses(row: ServiceRow, binding: Binding, around: Surroundings): readonly HostnameInfo[] {
  const ssl = binding.info.options.secure?.ssl ?? false;
  const bridge: HostnameInfo = {
    ssl,
    public: false,
    hostname: around.address(row.id),
    port: binding.internalPort,
    metadata: { kind: 'ipv4', gateway: bridgeGateway },
  };
  const gateways = [...new Set(around.lan.map((entry) => entry.interface)), bridgeGateway];
  const label = around.labels[row.id]?.[bindingKey(binding)];
  if (isWeb(binding) && label !== undefined) {
    const names = siteNames(label, around.hostname);
    return [...names.map((hostname) => mdns(hostname, around.httpsPort, true, gateways)), bridge];
  }
  const { assignedPort, assignedSslPort } = binding.info.net;
  return [
    ...(isTerminated(binding) && assignedSslPort !== null ? outside(around, assignedSslPort, true, gateways) : []),
    ...(isForwarded(binding) && assignedPort !== null ? outside(around, assignedPort, ssl, gateways) : []),
    bridge,
  ];
}

/** At a port of this machine: its name, then its addresses on the local network. */
function outside(around: Surroundings, port: number, ssl: boolean, gateways: readonly string[]): HostnameInfo[] {
  return [
    mdns(`${around.hostname}.local`, port, ssl, gateways),
    ...around.lan
      .filter((entry) => entry.family === 4 && entry.private)
      .map((entry): HostnameInfo => {
        const metadata = { kind: 'ipv4' as const, gateway: entry.interface };
        return { ssl, public: false, hostname: entry.address, port, metadata };
      }),
  ];
}

/** Of a range: every one is written with its first port. */
export function rangeAddresses(row: ServiceRow, range: Range, around: Surroundings): readonly HostnameInfo[] {
  const plain = { ssl: false, public: false };
  const here = { ...plain, hostname: around.address(row.id), port: range.internalStartPort };
  const bridge: HostnameInfo = { ...here, metadata: { kind: 'ipv4', gateway: bridgeGateway } };
  if (range.info.interface === null) return [bridge];
  const port = range.info.externalStartPort;
  const gateways = [...new Set(around.lan.map((entry) => entry.interface)), bridgeGateway];
  const lan = around.lan
    .filter((entry) => entry.family === 4 && entry.private)
    .map((entry): HostnameInfo => {
      const metadata = { kind: 'ipv4' as const, gateway: entry.interface };
      return { ...plain, hostname: entry.address, port, metadata };
    });
  return [mdns(`${around.hostname}.local`, port, false, gateways), ...lan, bridge];
}

function mdns(hostname: string, port: number, ssl: boolean, gateways: readonly string[]): HostnameInfo {
  return { ssl, public: false, hostname, port, metadata: { kind: 'mdns', gateways: [...gateways] } };
}

/** By interface: what the owner may open or copy. The bridge is nothing for people. */
export function serviceAddresses(row: ServiceRow, around: Surroundings): Record<string, Address[]> {
  const found: Record<string, Address[]> = {};
  for (const binding of enabledBindings(row)) {
    if (binding.interfaces.length === 0) continue;
    const infos = bindingAddresses(row, binding, around).filter(
      ({ metadata }) => metadata['gateway'] !== bridgeGateway,
    );
    const fallback = isWeb(binding) ? 'https' : '';
    for (const face of binding.interfaces) {
      const own = infos.map((info) => ({ url: url(face, info, fallback), kind: kind(info) }));
      found[face.id] = [...own, ...givenAddresses(row, binding, face)];
    }
  }
  for (const range of enabledRanges(row)) {
    const face = range.info.interface;
    if (face === null) continue;
    const prefix = face.scheme === null ? '' : `${face.scheme}://`;
    const last = range.info.externalStartPort + range.info.numberOfPorts - 1;
    found[face.id] = rangeAddresses(row, range, around)
      .filter(({ metadata }) => metadata['gateway'] !== bridgeGateway)
      .map((info) => ({ url: `${prefix}${info.hostname}:${info.port}-${last}`, kind: kind(info) }));
  }
  return found;
}

/** Those that other services gave it, an onion address for one. */
function givenAddresses(row: ServiceRow, binding: Binding, face: ServiceInterface): Address[] {
  const { hostId, internalPort } = binding;
  return binding.info.addresses.available.flatMap((info): Address[] => {
    const { data: by } = pluginMetadata.safeParse(info.metadata);
    if (by === undefined) return [];
    const { ssl, public: open, hostname, port } = info;
    const place = { packageId: row.id, hostId, internalPort, interfaceId: face.id };
    return [
      {
        url: url(face, info, isWeb(binding) ? (ssl ? 'https' : 'http') : ''),
        kind: 'plugin',
        given: {
          service: by.packageId,
          ...(by.confined === true && { confined: true as const }),
          actions: { remove: by.removeAction, more: by.overflowActions },
          metadata: { ...place, ssl, public: open, hostname, port, info: by.info ?? null },
        },
      },
    ];
  });
}

/** Of the box's own page. */
export function serverAddresses(hostname: string, httpsPort: number, lan: readonly MachineAddress[]): Address[] {
  const at = (host: string): string => `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`;
  return [
    { url: at(`${hostname}.local`), kind: 'mdns' },
    { url: at('localhost'), kind: 'localhost' },
    ...lan.map(({ address, family }) =>
      family === 4 ? { url: at(address), kind: 'ipv4' as const } : { url: at(`[${address}]`), kind: 'ipv6' as const },
    ),
  ];
}

function kind({ hostname, metadata }: HostnameInfo): Address['kind'] {
  if (hostname.endsWith('.localhost')) return 'localhost';
  return metadata.kind === 'ipv4' ? 'ipv4' : 'mdns';
}

const defaultPorts: Readonly<Record<string, number>> = { https: 443, wss: 443, http: 80, ws: 80 };

/** A package writes scheme, user and suffix as it likes: what does not fit the shape of a URL is left out. */
function url({ addressInfo }: ServiceInterface, { hostname, port, ssl }: HostnameInfo, fallback: string): string {
  const scheme = (ssl ? addressInfo.sslScheme : addressInfo.scheme) ?? fallback;
  const prefix = /^[a-z][a-z0-9+.-]{0,31}$/.test(scheme) ? `${scheme}://` : '';
  const user = addressInfo.username === null ? '' : `${encodeURIComponent(addressInfo.username)}@`;
  const suffix = /^([/?#]\S{0,2000})?$/.test(addressInfo.suffix) ? addressInfo.suffix : '';
  const number = port === null || defaultPorts[scheme] === port ? '' : `:${port}`;
  return `${prefix}${user}${hostname}${number}${suffix}`;
}
