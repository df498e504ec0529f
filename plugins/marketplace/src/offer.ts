/** What registries offer, in one shape whatever kind they are. */
import type { Localised } from '@hearth/contract';
import type { RegistryArchive } from './registry-index.ts';

/** How one version is had. */
export type Origin =
  | { readonly kind: 'recipe'; readonly folder: string }
  | { readonly kind: 'archive'; readonly archives: readonly RegistryArchive[] };

export interface OfferedVersion {
  readonly version: string;
  readonly releaseNotes: Localised;
  readonly publishedAt: number | null;
  readonly origin: Origin;
}

export interface Offer {
  readonly id: string;
  readonly title: string;
  readonly description: { readonly short: Localised; readonly long: Localised };
  readonly license: string;
  readonly upstreamRepo: string | null;
  readonly packageRepo: string | null;
  readonly marketingUrl: string | null;
  readonly icon: string | null;
  readonly categories: readonly string[];
  readonly dependencies: Readonly<
    Record<string, { readonly optional: boolean; readonly description: Localised | null }>
  >;
  /** Newest first. */
  readonly versions: readonly OfferedVersion[];
}

export interface Registry {
  /** Its identity: stands in state and with installed services. */
  readonly url: string;
  /** Belongs to this server. */
  readonly fixed: boolean;
  readonly name: () => Promise<string>;
  readonly offers: (signal: AbortSignal) => Promise<readonly Offer[]>;
}
