/** The name a service has at home, for programs that make it a part of their people's addresses. */
import type { Address, Context, Reactive } from '@hearth/sdk';

export interface HomeAddress {
  /** `prosody.hearth.local`. */
  readonly hostname: string;
  /** `https://prosody.hearth.local:8443`, without a path. */
  readonly origin: string;
}

export async function homeAddress(addresses: Reactive<readonly Address[]>): Promise<HomeAddress> {
  const found = (await addresses.once()).find(({ encrypted, kind }) => encrypted && kind === 'mdns');
  if (found === undefined) throw new Error('The server has no name of its own on the local network yet');
  return { hostname: found.hostname, origin: new URL(found.url).origin };
}

/** The part of a context it takes. */
export interface AtHome {
  readonly interfaces: { readonly web: { readonly addresses: Reactive<readonly Address[]> } };
}

const siteFile = 'site.json';

/**
 * The host name the service had at its first start. It is part of everybody's address: it stays when the server is called
 * something else. Kept in `site.json` of the volume `data`.
 */
export async function keptDomain({ interfaces, volumes }: Context<'data', 'main'> & AtHome): Promise<string> {
  const kept = (await volumes.data.readJson(siteFile)) as { readonly domain: string } | null;
  if (kept !== null) return kept.domain;
  const { hostname } = await homeAddress(interfaces.web.addresses);
  await volumes.data.writeJson(siteFile, { domain: hostname });
  return hostname;
}
