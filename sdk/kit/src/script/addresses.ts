/** Where the service's own interfaces are reached. */
import type { Host } from '../node/host.ts';
import type { Effects, HostInfo } from './effects.ts';
import { callbackOf, type Follower, type Reactive, reactive } from './reactive.ts';

/** One address of an interface. */
export interface Address {
  /** `https://syncthing.hearth.local`; without a scheme where the interface has none. */
  readonly url: string;
  readonly hostname: string;
  /** Ends in TLS. */
  readonly encrypted: boolean;
  /** Reachable from the internet. */
  readonly public: boolean;
  /** `mdns`, `ipv4`, `ipv6`, `private-domain`, `public-domain`, `plugin`. */
  readonly kind: string;
}

/** By the interface's id, which is also that of its host. */
export function addresses(effects: Effects, host: Host, id: string): Reactive<readonly Address[]> {
  const source = async (follower: Follower | null): Promise<readonly Address[]> =>
    addressesOf(await effects.getHostInfo({ hostId: id, ...callbackOf(follower) }), id);
  return reactive(effects, source, host.log);
}

function addressesOf(info: HostInfo | null, id: string): Address[] {
  return Object.values(info?.bindings ?? {}).flatMap(({ enabled, addresses: { available }, interfaces }) => {
    const address = interfaces[id]?.addressInfo;
    if (!enabled || address === undefined) return [];
    return available.map(({ hostname, port, ssl, public: open, metadata }): Address => {
      const scheme = ssl ? address.sslScheme : address.scheme;
      const usual = scheme === 'https' ? 443 : scheme === 'http' ? 80 : null;
      const name = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
      const place = port === null || port === usual ? name : `${name}:${port}`;
      const url = `${scheme === null ? '' : `${scheme}://`}${place}${address.suffix}`;
      return { url, hostname, encrypted: ssl, public: open, kind: metadata.kind };
    });
  });
}
