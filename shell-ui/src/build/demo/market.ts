/** The shelves of the demonstration. */
import type { MarketPackage } from '../../link/methods.ts';

function icon(color: string, path: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="12" fill="${color}"/><path d="${path}" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function make(one: Partial<MarketPackage> & Pick<MarketPackage, 'id' | 'title' | 'short'>): MarketPackage {
  return {
    long: `${one.short}\n\nIt runs on your own machine, in a container of its own, and keeps its data with you.`,
    license: 'MPL-2.0',
    upstreamRepo: 'https://example.com/upstream',
    packageRepo: 'https://example.com/package',
    marketingUrl: 'https://example.com/',
    registry: 'file:registry',
    registryName: 'This machine',
    recipe: false,
    icon: null,
    categories: [],
    dependencies: [],
    versions: [
      {
        version: '1.0.0:0',
        releaseNotes: 'First release here.',
        size: 52_000_000,
        signer: '7f3a91c2d4e8b605'.repeat(4),
      },
    ],
    ...one,
  };
}

export const market: readonly MarketPackage[] = [
  make({
    id: 'syncthing',
    title: 'Syncthing',
    short: 'Keeps folders the same on all your devices.',
    icon: icon('#2f7fc1', 'M24 12a12 12 0 1 0 12 12M24 24l8-8M24 24l-9 4'),
    categories: ['files'],
    versions: [
      {
        version: '1.29.6:0',
        releaseNotes: 'Follows the upstream release.\nFolders are found faster after a restart.',
        size: 47_900_000,
        signer: '7f3a91c2d4e8b605'.repeat(4),
      },
      {
        version: '1.29.5:0',
        releaseNotes: 'First release here.',
        size: 47_812_344,
        signer: '7f3a91c2d4e8b605'.repeat(4),
      },
    ],
  }),
  make({
    id: 'forgejo',
    title: 'Forgejo',
    short: 'Your own forge: code, issues, reviews.',
    icon: icon('#c2410c', 'M16 34V20a6 6 0 0 1 6-6h6M16 34v-4a6 6 0 0 1 6-6h6M32 14h.01M32 24h.01M16 38h.01'),
    recipe: true,
    dependencies: [{ id: 'postgres', optional: true, description: 'A larger database, for many people.' }],
    versions: [{ version: '11.0.1:0', releaseNotes: 'First release here.', size: null, signer: null }],
  }),
  make({
    id: 'immich',
    title: 'Immich',
    short: 'Photos and videos, found by what is on them.',
    icon: icon('#4f46a5', 'M12 32l8-9 6 6 5-5 6 8M30 16h.01'),
  }),
  make({
    id: 'navidrome',
    title: 'Navidrome',
    short: 'Your music, everywhere you are.',
    icon: icon('#1d6f64', 'M18 34V16l16-4v18M18 34a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM34 30a4 4 0 1 1-8 0 4 4 0 0 1 8 0z'),
  }),
  make({ id: 'paperless', title: 'Paperless', short: 'Scans, sorts and finds your papers.' }),
  make({ id: 'home-assistant', title: 'Home Assistant', short: 'Lights, heating and doors, without a cloud.' }),
];
