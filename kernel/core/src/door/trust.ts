/**
 * Who may talk to the web interface: names this server owns, pages of its own origin. Pure.
 *
 * A page of another site can make a browser send requests here, and DNS can be made to lead any name here (rebinding);
 * so the name that was asked for must be ours, and what changes anything must come from a page of exactly this origin:
 * scheme, host and port.
 */
import { isIP } from 'node:net';
import { rpcErrors } from '../errors.ts';

export interface Names {
  /** Lower case, without port: `localhost`, `family-server.local`. */
  readonly names: ReadonlySet<string>;
  /** Addresses of this machine, IPv6 in brackets. */
  readonly addresses: ReadonlySet<string>;
  /** As configured, with port: answered to whatever our own port is. */
  readonly further: ReadonlySet<string>;
  readonly port: number;
}

export interface RequestFacts {
  readonly host: string | undefined;
  readonly scheme: 'http' | 'https';
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** The host with its port as browsers write it in an origin. Throws `rpc.wrongHost`. */
export function trustedHost({ host = '', scheme }: Pick<RequestFacts, 'host' | 'scheme'>, names: Names): string {
  const refuse = (): never => {
    throw rpcErrors.wrongHost({ host: host.slice(0, 100) });
  };
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/i.exec(host);
  if (parts === null) return refuse();
  const [, name = '', port] = parts;
  const bare = name.toLowerCase();
  const standard = scheme === 'https' ? 443 : 80;
  const written = port === undefined || Number(port) === standard ? bare : `${bare}:${Number(port)}`;
  if (names.further.has(written) || names.further.has(`${bare}:${port ?? standard}`)) return written;
  if (scheme === 'https' && Number(port ?? standard) !== names.port) return refuse();
  if (!names.names.has(bare) && !names.addresses.has(canonicalAddress(bare))) return refuse();
  return written;
}

/** One way to write an IPv6 address, so that `[0:0:0:0:0:0:0:1]` is `[::1]`. Octal and short IPv4 stay what they are: unknown. */
function canonicalAddress(host: string): string {
  if (!host.startsWith('[')) return isIP(host) === 4 ? host : '';
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return '';
  }
}

/**
 * Lets pass what a page of this very origin sends, and what is no browser at all. `host` is what `trustedHost` answered.
 * Throws `rpc.wrongOrigin`.
 */
export function mustBeOwnPage(facts: RequestFacts, host: string): void {
  const own = `${facts.scheme}://${host}`;
  const refuse = (): never => {
    throw rpcErrors.wrongOrigin({ origin: (facts.origin ?? facts.fetchSite ?? '').slice(0, 100) });
  };
  if (facts.fetchSite !== undefined && facts.fetchSite !== 'same-origin') refuse();
  if (facts.origin === undefined) return;
  if (facts.origin.toLowerCase() !== own) refuse();
}

/** For what changes nothing: pages of other origins may link here, but not read or embed. Throws `rpc.wrongOrigin`. */
export function mustNotBeEmbedded(facts: RequestFacts & { readonly mode: string | undefined }, host: string): void {
  const navigates = facts.mode === 'navigate';
  if (facts.fetchSite === undefined || facts.fetchSite === 'same-origin' || facts.fetchSite === 'none') {
    if (facts.origin !== undefined) mustBeOwnPage({ ...facts, fetchSite: undefined }, host);
    return;
  }
  if (!navigates) throw rpcErrors.wrongOrigin({ origin: (facts.origin ?? facts.fetchSite).slice(0, 100) });
}
