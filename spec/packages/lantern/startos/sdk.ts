import { setupManifest, StartSdk } from '@start9labs/start-sdk';

export const sdkManifest = setupManifest({
  id: 'lantern',
  title: 'Lantern',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Gives addresses', long: 'Gives interfaces of other services addresses of its own making.' },
  volumes: ['main'],
  images: { main: { source: { dockerTag: 'lantern:1' }, arch: ['x86_64'] } },
  dependencies: {},
  plugins: ['url-v0'],
});

export const sdk = StartSdk.of().withManifest(sdkManifest).build(true);
