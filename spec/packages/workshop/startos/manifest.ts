import { setupManifest } from '@start9labs/start-sdk';

export const manifest = setupManifest({
  id: 'workshop',
  title: 'Workshop',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: {
    short: { en_US: 'Uses every tool', de_DE: 'Nutzt jedes Werkzeug' },
    long: { en_US: 'Uses every part of the SDK once.', de_DE: 'Nutzt jeden Teil des SDK einmal.' },
  },
  volumes: ['main', 'store'],
  images: { main: { source: { dockerTag: 'workshop:1' }, arch: ['x86_64'] } },
  hardwareRequirements: { device: [], ram: null, arch: null },
  dependencies: {},
});
