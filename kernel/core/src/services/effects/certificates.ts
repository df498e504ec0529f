/** Effects about certificates: the network plugin issues them, and refuses names the caller may not hold. */
import type { Network } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import type { Handlers } from './call.ts';

/** A renewed certificate is noticed within this. */
const lookEveryMs = 12 * 3600 * 1000;

export function certificateEffects(context: Context): Handlers<'get-ssl-certificate' | 'get-ssl-key'> {
  const chains = new Map<string, { chain: readonly string[]; timer: NodeJS.Timeout }>();

  const network = (): Network => {
    const there = context.network();
    if (there === null) throw effectErrors.unsupported({ feature: 'a certificate authority' });
    return there;
  };
  const watch = (key: string, fetch: () => Promise<readonly string[]>, chain: readonly string[]): void => {
    clearTimeout(chains.get(key)?.timer);
    const look = async (): Promise<void> => {
      if (!context.callbacks.watches(key)) {
        chains.delete(key);
        return;
      }
      const now = await fetch().catch(() => null);
      watch(key, fetch, now ?? chain);
      if (now !== null) context.callbacks.changed();
    };
    chains.set(key, { chain, timer: setTimeout(() => void look(), lookEveryMs).unref() });
  };

  return {
    'get-ssl-certificate': async ({ hostnames, algorithm, callback }, { service }) => {
      const fetch = (): Promise<readonly string[]> => network().certificate(service, hostnames, algorithm ?? 'ecdsa');
      const chain = await fetch();
      if (callback === null || callback === undefined) return chain;
      const key = `certificate ${service} ${algorithm ?? 'ecdsa'} ${[...hostnames].sort().join(' ')}`;
      watch(key, fetch, chain);
      context.callbacks.wait({ key, read: () => chains.get(key)?.chain ?? chain }, chain, service, callback);
      return chain;
    },
    'get-ssl-key': ({ hostnames, algorithm }, { service }) =>
      network().certificateKey(service, hostnames, algorithm ?? 'ecdsa'),
  };
}
