import { setupManifest } from '@start9labs/start-sdk';

export const manifest = setupManifest({
  id: 'keeper',
  title: 'Keeper',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Keeps things', long: 'Has hooks around its backups, as packages with a database do.' },
  volumes: ['main', 'records', 'letters'],
  images: { main: { source: { dockerTag: 'keeper:1' }, arch: ['x86_64'] } },
  dependencies: {},
});
