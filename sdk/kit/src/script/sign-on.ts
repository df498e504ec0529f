/**
 * One log-in for several services: this one lets an OpenID Connect provider, itself a package, say who people are.
 *
 * The kit keeps the client secret and registers the client; which of its settings the program takes them by is its own
 * business. There is no provider in Hearth itself: without a package that is one, services keep log-ins of their own.
 */
import type { Host } from '../node/host.ts';
import type { Address } from './addresses.ts';
import type { AnyContext } from './context.ts';

/** `P` are the dependencies, `N` the interfaces. */
export interface SignOn<P extends string, N extends string> {
  /** The package that knows the people; one of `dependencies`. */
  readonly provider: P;
  /**
   * Its action, open to dependants, that takes `{ clientId, clientSecret, redirectUris }` and stands being called again.
   * `register-client` unless told.
   */
  readonly action?: string;
  /** Where people come back to. */
  readonly interface: N;
  /** Behind each of its addresses: `/oauth2/callback`. */
  readonly callback: string;
}

/** What the program needs to know to ask the provider. */
export interface SignOnClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}

/** The id under which the client secret is kept. */
export const signOnSecret = 'sign-on';

const retryMs = 10_000;

export async function signOnClient(
  context: AnyContext,
  id: string,
  signOn: SignOn<string, string> | undefined,
  known?: readonly Address[],
): Promise<SignOnClient> {
  if (signOn === undefined) throw new Error('The definition has no signOn');
  const found = known ?? (await context.interfaces[signOn.interface]?.addresses.once()) ?? [];
  // A provider takes nothing over a line that others can read.
  const redirectUris = found
    .filter(({ encrypted }) => encrypted)
    .map(({ url }) => new URL(signOn.callback, url).toString());
  return { clientId: id, clientSecret: (await context.secrets[signOnSecret]?.once()) ?? '', redirectUris };
}

/** Keeps the provider told, for as long as the service runs: at its start, and when its addresses change. */
export async function keepRegistered(
  context: AnyContext,
  host: Host,
  id: string,
  signOn: SignOn<string, string>,
): Promise<void> {
  const { provider, action = 'register-client' } = signOn;
  const places = context.interfaces[signOn.interface]?.addresses;
  if (places === undefined) return;
  const left = new AbortController();
  context.effects.onLeaveContext?.(() => left.abort());
  for await (const list of places.watch(left.signal)) {
    while (!left.signal.aborted) {
      try {
        await context.dependencies[provider]?.run(action, await signOnClient(context, id, signOn, list));
        break;
      } catch (error) {
        // The provider may still be starting, or not be installed at all.
        host.log(`Registering with ${provider} failed: ${error instanceof Error ? error.message : String(error)}`);
        await host.sleep(retryMs, left.signal);
      }
    }
  }
}
