/** Packages that give addresses to the services of others: Tor gives onion addresses. StartOS's plugin `url-v0`. */
import type { Host } from '../node/host.ts';
import type { AnyAction } from './actions.ts';
import type { AnyContext } from './context.ts';
import type { Effects, PluginAddress } from './effects.ts';
import { inside, type PortOfService } from './inside.ts';

/** An interface of some service, as the action beside it is told. */
export interface InterfacePlace extends PortOfService {
  readonly interfaceId: string;
}

/** An address to be given to a port of some service. */
export interface GivenAddress extends PortOfService {
  /** What stands in the address: a host name, or what the network has instead of one. */
  readonly hostname: string;
  /** null: the usual one of the scheme. */
  readonly port: number | null;
  /** People come by TLS. Unless told, they do not. */
  readonly encrypted?: boolean;
  /** Reachable from the internet. */
  readonly public: boolean;
  /** Your own, at most 4,096 characters as JSON; handed back to the actions about this address. */
  readonly info?: unknown;
}

/** An address that was given, as the actions about it are told. */
export interface AddressPlace extends InterfacePlace {
  readonly hostname: string;
  readonly port: number | null;
  readonly ssl: boolean;
  readonly public: boolean;
  readonly info: unknown;
}

/**
 * What makes a package a provider of addresses. `A` are the names of its actions.
 *
 * The actions stand beside the interfaces of other services, and usually nowhere else (`hidden: true`). Each takes a field
 * `urlPluginMetadata`: `fields.interfacePlace()` for `add`, `fields.addressPlace()` for the others.
 */
export interface AddressProvider<A extends string, X> {
  /** `urlPlugin`, imported from the kit: only packages that give addresses carry it. */
  readonly plugin: AddressPlugin;
  /** Gives an interface an address. */
  readonly add: A;
  /** Takes an address away. */
  readonly remove?: A;
  /** Further actions about an address. */
  readonly more?: readonly A[];
  /**
   * All addresses there should be now. Asked at every start of the container, and again when what it relies on changes
   * (`const`). What is not among them any more is taken back; the port of a service that is not there is waited for.
   */
  addresses(context: X): Promise<readonly GivenAddress[]>;
}

type AnyAddressProvider = AddressProvider<string, AnyContext>;

/** How the server is handed the addresses. There is one: `urlPlugin`. */
export interface AddressPlugin {
  /** As the manifest names it. */
  readonly id: string;
  /** @throws in words for the packager, when an action is not told which address it is about */
  refuseMistakes(provider: AnyAddressProvider, actions: Readonly<Record<string, AnyAction>>): void;
  /** Gives all addresses there should be, and takes the others back. */
  give(effects: Effects, host: Host, provider: AnyAddressProvider, context: AnyContext): Promise<void>;
}

/** The plugin `url-v0` of the package ABI: what an `addressProvider` gives its addresses by. */
export const urlPlugin: AddressPlugin = { id: 'url-v0', refuseMistakes: refuseDeafActions, give: giveAddresses };

function refuseDeafActions(
  { add, remove = add, more = [] }: AnyAddressProvider,
  actions: Readonly<Record<string, AnyAction>>,
): void {
  for (const id of [add, remove, ...more])
    if (!Object.hasOwn(actions[id]?.input ?? {}, 'urlPluginMetadata'))
      throw new Error(`Action ${id} of the address provider takes no field urlPluginMetadata`);
}

async function giveAddresses(
  effects: Effects,
  host: Host,
  provider: AnyAddressProvider,
  context: AnyContext,
): Promise<void> {
  const { add, remove, more = [] } = provider;
  await effects.plugin.url.register({ tableAction: add });
  const given: PluginAddress[] = [];
  for (const { hostname, port, encrypted = false, public: open, info = null, ...place } of await provider.addresses(
    context,
  )) {
    const { packageId, hostId, internalPort } = place;
    const there = inside(context, place, host.log).map((found) => found !== null);
    if (!(await there.const())) continue;
    const hostnameInfo = { packageId, hostId, internalPort, ssl: encrypted, public: open, hostname, port, info };
    given.push(hostnameInfo);
    try {
      await effects.plugin.url.exportUrl({ hostnameInfo, removeAction: remove ?? null, overflowActions: more });
    } catch (error) {
      // One that cannot be given is no reason to give none.
      host.log(`${hostname} was not given to ${packageId}: ${String(error)}`);
    }
  }
  await effects.plugin.url.clearUrls({ except: given });
}
