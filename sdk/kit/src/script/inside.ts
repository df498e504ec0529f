/** Where the port of another service is reached from inside the server. */
import { host } from '../node/host.ts';
import type { Effects, HostInfo } from './effects.ts';
import { callbackOf, type Follower, type Reactive, reactive } from './reactive.ts';

/** A port of some service, as its package told it to the server. */
export interface PortOfService {
  readonly packageId: string;
  readonly hostId: string;
  readonly internalPort: number;
}

/** From inside the server. */
export interface InsidePlace {
  /** `10.0.3.7`. */
  readonly hostname: string;
  readonly port: number;
  /** The service speaks TLS there. */
  readonly encrypted: boolean;
}

/** What the package ABI calls the bridge of the services. */
const bridge = 'lxcbr0';

/**
 * Where a port of another service is reached from inside the server: by packages that depend on it, or gave it an address.
 * null while there is no such port.
 */
export function inside(
  { effects }: { readonly effects: Effects },
  { packageId, hostId, internalPort }: PortOfService,
  log: (text: string) => void = host.log,
): Reactive<InsidePlace | null> {
  const source = async (follower: Follower | null): Promise<InsidePlace | null> =>
    placeOf(await effects.getHostInfo({ packageId, hostId, ...callbackOf(follower) }), internalPort);
  return reactive(effects, source, log);
}

function placeOf(info: HostInfo | null, internalPort: number): InsidePlace | null {
  const binding = info?.bindings[String(internalPort)];
  if (binding?.enabled !== true) return null;
  const found = binding.addresses.available.find(({ metadata }) => metadata.gateway === bridge);
  return found === undefined
    ? null
    : { hostname: found.hostname, port: found.port ?? internalPort, encrypted: found.ssl };
}
