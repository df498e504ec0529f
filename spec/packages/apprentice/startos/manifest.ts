import { setupManifest } from '@start9labs/start-sdk';

export const manifest = setupManifest({
  id: 'apprentice',
  title: 'Apprentice',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Needs the workshop', long: 'Uses every part of the SDK that is about other packages.' },
  volumes: ['main'],
  virtualNetworking: true,
  images: { main: { source: { dockerTag: 'apprentice:1' }, arch: ['x86_64'] } },
  dependencies: {
    workshop: { description: 'Where it learns', optional: false, metadata: { title: 'Workshop', icon: '' } },
    library: { description: 'Where it could read', optional: true, metadata: { title: 'Library', icon: '' } },
  },
});
