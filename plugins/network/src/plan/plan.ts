/** Works out, from what the services declare, what proxy, firewall and names must be. Pure. */
import { type EngineInput, type ServiceRow, urlPlugin } from '@hearth/contract';
import {
  type Binding,
  bindingKey,
  enabledBindings,
  enabledRanges,
  isForwarded,
  isTerminated,
  webBindings,
} from './bindings.ts';
import type { Labels } from './labels.ts';

/** One web binding behind host names of its own. */
export interface Site {
  readonly service: string;
  readonly hostId: string;
  readonly internalPort: number;
  /** `syncthing.family-server.local`, `syncthing.localhost`. */
  readonly names: readonly [mdns: string, localhost: string];
  readonly upstream: { readonly address: string; readonly port: number; readonly tls: boolean };
}

export type BridgePlan = EngineInput<'bridge.apply'>;
export type NameRecords = EngineInput<'names.apply'>['records'];

/** TLS ended at a port of this machine, for what is not HTTP. */
export interface TlsPort {
  readonly service: string;
  readonly port: number;
  readonly upstream: Site['upstream'];
}

export interface NetworkPlan {
  readonly sites: readonly Site[];
  readonly tlsPorts: readonly TlsPort[];
  readonly bridge: BridgePlan;
  readonly records: NameRecords;
}

export interface PlanInput {
  readonly services: readonly ServiceRow[];
  readonly labels: Labels;
  /** Of the box, as the local network knows it: one label. */
  readonly hostname: string;
  readonly address: (service: string) => string;
  /** Ports of the machine that no service may have. */
  readonly ownPorts: readonly number[];
}

export function planNetwork(input: PlanInput): NetworkPlan {
  const taken = new Set(input.ownPorts);
  const tlsPorts = tlsPortsOf(input, taken);
  return {
    sites: input.services.flatMap((row) => sitesOf(row, input)),
    tlsPorts,
    bridge: {
      rules: bridgeRules(input.services, tlsPorts),
      forwards: [...portForwards(input, taken), ...rangeForwards(input, taken), ...forwardsWithin(input, taken)].slice(
        0,
        mostForwards,
      ),
    },
    records: input.services.flatMap(({ id }) =>
      ['startos', 'hearth'].map((suffix) => ({ name: `${id}.${suffix}`, address: input.address(id) })),
    ),
  };
}

/** The host names of a label: on the local network, and for a browser on this very machine, which needs no mDNS. */
export function siteNames(label: string, hostname: string): readonly [mdns: string, localhost: string] {
  return [`${label}.${hostname}.local`, `${label}.localhost`];
}

function sitesOf(row: ServiceRow, { labels, hostname, address }: PlanInput): readonly Site[] {
  return webBindings(row).flatMap((binding) => {
    const label = labels[row.id]?.[bindingKey(binding)];
    if (label === undefined) return [];
    const { hostId, internalPort } = binding;
    const upstream = upstreamOf(binding, address(row.id));
    return [{ service: row.id, hostId, internalPort, names: siteNames(label, hostname), upstream }];
  });
}

function upstreamOf({ internalPort, info }: Binding, address: string): Site['upstream'] {
  return { address, port: internalPort, tls: info.options.secure?.ssl ?? false };
}

function tlsPortsOf({ services, address }: PlanInput, taken: Set<number>): readonly TlsPort[] {
  return services.flatMap((row) =>
    enabledBindings(row)
      .filter(isTerminated)
      .flatMap((binding) => {
        const port = binding.info.net.assignedSslPort;
        if (port === null || taken.has(port)) return [];
        taken.add(port);
        return [{ service: row.id, port, upstream: upstreamOf(binding, address(row.id)) }];
      }),
  );
}

const protocols = ['tcp', 'udp'] as const;
/** The engine takes no more; what only services reach comes last. */
const mostForwards = 4096;

/**
 * Nothing may reach anything, but a dependant the declared ports of what it depends on, and what gives an interface an
 * address that interface.
 */
function bridgeRules(services: readonly ServiceRow[], tlsPorts: readonly TlsPort[]): BridgePlan['rules'] {
  const byId = new Map(services.map((row) => [row.id, row]));
  return services.map((row) => ({
    service: row.id,
    index: row.index,
    internet: true,
    hostPorts: tlsPorts
      .filter(({ service }) => service !== row.id && dependenciesOf(row).has(service))
      .map(({ port }) => ({ protocol: 'tcp' as const, port })),
    mayReach: [
      ...[...dependenciesOf(row)]
        .flatMap((id) => byId.get(id) ?? [])
        .map((dependency) => ({ to: dependency, ports: portsOf(dependency) })),
      ...services.map((to) => ({ to, ports: portsGivenBy(row, to) })),
    ]
      .filter(({ to }) => to.id !== row.id)
      .flatMap(({ to, ports }) =>
        ports.flatMap((port) => protocols.map((protocol) => ({ index: to.index, protocol, port }))),
      )
      .slice(0, 1024),
  }));
}

/**
 * Those it needs as it is set up now, and those its manifest told the owner of: packages use the proxy of an optional
 * one wherever it is there, and need it only by a setting.
 */
function dependenciesOf(row: ServiceRow): ReadonlySet<string> {
  return new Set([...Object.keys(row.dependencies), ...Object.keys(row.manifest.dependencies)]);
}

/** What gives an interface an address leads people there. Bindings that are not exported stay between dependants. */
function portsGivenBy(provider: ServiceRow, to: ServiceRow): readonly number[] {
  // To what it depends on it comes anyway.
  if (!provider.manifest.plugins.includes(urlPlugin) || dependenciesOf(provider).has(to.id)) return [];
  return enabledBindings(to)
    .filter(
      ({ info, interfaces }) =>
        interfaces.length > 0 &&
        info.addresses.available.some(
          ({ metadata }) => metadata['packageId'] === provider.id && metadata['confined'] !== true,
        ),
    )
    .map(({ internalPort }) => internalPort);
}

/** Those of ranges last: they are many. */
function portsOf(row: ServiceRow): readonly number[] {
  const ranges = enabledRanges(row).flatMap(({ internalStartPort, info }) =>
    Array.from({ length: info.numberOfPorts }, (_, at) => internalStartPort + at),
  );
  return [...new Set([...enabledBindings(row).map(({ internalPort }) => internalPort), ...ranges])];
}

/** A binding does not say whether it speaks TCP or UDP (file synchronisation does both), so both are handed on. */
function portForwards({ services }: PlanInput, taken: Set<number>): BridgePlan['forwards'] {
  return services.flatMap((row) =>
    enabledBindings(row).flatMap((binding) => {
      const hostPort = binding.info.net.assignedPort;
      if (!isForwarded(binding) || hostPort === null || taken.has(hostPort)) return [];
      taken.add(hostPort);
      return protocols.map((protocol) => ({ protocol, hostPort, index: row.index, servicePort: binding.internalPort }));
    }),
  );
}

/**
 * The assigned port of every other binding, at the bridge's address: packages dial a dependency there, whether or not
 * it exports the binding.
 */
function forwardsWithin({ services }: PlanInput, taken: Set<number>): BridgePlan['forwards'] {
  return services.flatMap((row) =>
    enabledBindings(row).flatMap((binding) => {
      const hostPort = binding.info.net.assignedPort;
      if (hostPort === null || taken.has(hostPort)) return [];
      taken.add(hostPort);
      const { internalPort: servicePort } = binding;
      return protocols.map((protocol) => ({ protocol, hostPort, index: row.index, servicePort, within: true }));
    }),
  );
}

/** Whole or not at all, as they were given out. */
function rangeForwards({ services }: PlanInput, taken: Set<number>): BridgePlan['forwards'] {
  return services.flatMap((row) =>
    enabledRanges(row).flatMap(({ internalStartPort, info }) => {
      const count = info.numberOfPorts;
      const ports = Array.from({ length: count }, (_, at) => info.externalStartPort + at);
      if (info.interface === null || ports.some((port) => taken.has(port))) return [];
      for (const port of ports) taken.add(port);
      const first = { hostPort: info.externalStartPort, index: row.index, servicePort: internalStartPort, count };
      return protocols.map((protocol) => ({ protocol, ...first }));
    }),
  );
}
