/** The marketplace as people see it. */
import { localise } from '@hearth/contract';
import { z } from 'zod';
import { signaturesHold } from './choose.ts';
import type { Offer, OfferedVersion } from './offer.ts';
import type { Shelf } from './registries.ts';

export const marketVersion = z.object({
  version: z.string(),
  releaseNotes: z.string(),
  /** Bytes; null while it has not been built. */
  size: z.number().nullable(),
  /** Hex of the key that signed it; null while it has not been built. */
  signer: z.string().nullable(),
  publishedAt: z.number().nullable(),
});

export const marketPackage = z.object({
  id: z.string(),
  title: z.string(),
  short: z.string(),
  long: z.string(),
  license: z.string(),
  upstreamRepo: z.string().nullable(),
  packageRepo: z.string().nullable(),
  marketingUrl: z.string().nullable(),
  registry: z.string(),
  registryName: z.string(),
  /** Made on this machine from its recipe when it is first installed. */
  recipe: z.boolean(),
  icon: z.string().nullable(),
  categories: z.array(z.string()),
  dependencies: z.array(z.object({ id: z.string(), optional: z.boolean(), description: z.string() })),
  /** Newest first; never empty. */
  versions: z.array(marketVersion).min(1),
});
export type MarketPackage = z.infer<typeof marketPackage>;

/** What is not offered for this machine, or not signed rightly, is not shown. */
export function listingOf(shelves: readonly Shelf[], architecture: string, locale: string): MarketPackage[] {
  return shelves
    .flatMap(({ registry, name, offers }) =>
      offers.map((offer) => ({
        ...wordsOf(offer, locale),
        registry: registry.url,
        registryName: name,
        recipe: offer.versions.some(({ origin }) => origin.kind === 'recipe'),
        versions: offer.versions.flatMap((offered) => versionOf(offered, architecture, locale)),
      })),
    )
    .filter(({ versions }) => versions.length > 0)
    .sort((a, b) => a.title.localeCompare(b.title));
}

function wordsOf(offer: Offer, locale: string) {
  const { id, title, license, upstreamRepo, packageRepo, marketingUrl, icon, categories } = offer;
  return {
    ...{ id, title, license, upstreamRepo, packageRepo, marketingUrl, icon },
    short: localise(offer.description.short, locale),
    long: localise(offer.description.long, locale),
    categories: [...categories],
    dependencies: Object.entries(offer.dependencies).map(([other, { optional, description }]) => ({
      id: other,
      optional,
      description: description === null ? '' : localise(description, locale),
    })),
  };
}

function versionOf(
  { version, releaseNotes, publishedAt, origin }: OfferedVersion,
  architecture: string,
  locale: string,
): MarketPackage['versions'] {
  const words = { version, releaseNotes: localise(releaseNotes, locale), publishedAt };
  if (origin.kind === 'recipe') return [{ ...words, size: null, signer: null }];
  const archive = origin.archives.find((one) => one.arch.includes(architecture) && signaturesHold(one));
  return archive === undefined
    ? []
    : [{ ...words, size: archive.size, signer: Object.keys(archive.signatures)[0] ?? null }];
}
