import { setupManifest, StartSdk } from '@start9labs/start-sdk';

export const sdkManifest = setupManifest({
  id: 'ledger',
  title: 'Ledger',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Keeps entries', long: 'Keeps its entries in PostgreSQL, and backs them up by a dump.' },
  volumes: ['main', 'notes'],
  images: { main: { source: { dockerTag: 'databases:1' }, arch: ['x86_64'] } },
  dependencies: {},
});

export const sdk = StartSdk.of().withManifest(sdkManifest).build(true);
