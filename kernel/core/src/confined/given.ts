import type { Log, Services } from '@hearth/contract';

/** Addresses of a plugin lead nowhere while it does not run, or may not give any; once it does it gives them anew. */
export function takeBackAddresses(parts: { readonly services: Services; readonly log: Log }, plugin: string): void {
  parts.services
    .giveAddresses(plugin, [])
    .catch((error: unknown) => parts.log.error({ plugin, err: error }, 'addresses were not taken back'));
}
