/** Reads the bindings of a service: which are web pages behind our TLS, which are ports handed on as they are. */
import {
  type BindInfo,
  type RangeBindInfo,
  rangeBindInfo,
  type ServiceInterface,
  type ServiceRow,
} from '@hearth/contract';

export interface Binding {
  readonly hostId: string;
  readonly internalPort: number;
  readonly info: BindInfo;
  readonly interfaces: readonly ServiceInterface[];
}

/** Ports beside one another that are handed on as they are, and what is exported of them. */
export interface Range {
  readonly hostId: string;
  readonly internalStartPort: number;
  readonly info: RangeBindInfo;
}

/** Ranges that are switched on. */
export function enabledRanges(row: ServiceRow): readonly Range[] {
  return Object.entries(row.hosts).flatMap(([hostId, host]) =>
    Object.entries(host.bindingRanges).flatMap(([port, range]) => {
      const { data: info } = rangeBindInfo.safeParse(range);
      return info?.enabled === true ? [{ hostId, internalStartPort: Number(port), info }] : [];
    }),
  );
}

const webSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss']);
const webProtocols: ReadonlySet<unknown> = new Set(['http/1.1', 'h2']);

/** All bindings that are switched on, exported or not, in a stable order. */
export function enabledBindings(row: ServiceRow): readonly Binding[] {
  return Object.entries(row.hosts)
    .flatMap(([hostId, host]) =>
      Object.entries(host.bindings).map(([port, info]) => ({
        hostId,
        internalPort: Number(port),
        info,
        interfaces: Object.values(info.interfaces),
      })),
    )
    .filter(({ info }) => info.enabled);
}

/** HTTP that a browser or an app speaks with, and whose TLS is ours to end. */
export function isWeb(binding: Binding): boolean {
  const { addSsl } = binding.info.options;
  if (addSsl === null) return false;
  const { alpn } = addSsl;
  const asked = alpn !== null && typeof alpn === 'object' && alpn.specified.some((name) => webProtocols.has(name));
  return binding.interfaces.some((face) => isWebInterface(face, asked));
}

/** @param asked whether TLS is to name HTTP as what is spoken in it */
function isWebInterface({ type, addressInfo: { scheme, sslScheme } }: ServiceInterface, asked: boolean): boolean {
  if (type === 'p2p') return false;
  const schemes = [scheme, sslScheme].filter((name) => name !== null);
  // A page is one whatever its address is called; what programs speak with is HTTP only where it says so.
  return schemes.length === 0 ? type === 'ui' || asked : schemes.some((name) => webSchemes.has(name));
}

/** TLS that is ours to end, around something that is not HTTP: reached at a port of this machine. */
export function isTerminated(binding: Binding): boolean {
  const { options, net } = binding.info;
  return options.addSsl !== null && net.assignedSslPort !== null && binding.interfaces.length > 0 && !isWeb(binding);
}

/**
 * Reached from outside at a port of this machine, with nothing of ours in between: what wants no TLS of ours, or wants it
 * beside a protocol that is secure without (a relay of calls, which also speaks UDP).
 */
export function isForwarded(binding: Binding): boolean {
  const { options, net } = binding.info;
  const plain = options.addSsl === null || (options.secure?.ssl === false && !isWeb(binding));
  return plain && binding.interfaces.length > 0 && net.assignedPort !== null;
}

/** Web bindings, those with a page for people first: the first one bears the name of the service. */
export function webBindings(row: ServiceRow): readonly Binding[] {
  const rank = (binding: Binding): number => (binding.interfaces.some(({ type }) => type === 'ui') ? 0 : 1);
  return enabledBindings(row)
    .filter(isWeb)
    .toSorted((a, b) => rank(a) - rank(b));
}

/** Names a binding within its service; the key of what is kept about it. */
export function bindingKey({ hostId, internalPort }: Pick<Binding, 'hostId' | 'internalPort'>): string {
  return `${internalPort}/${hostId}`;
}
