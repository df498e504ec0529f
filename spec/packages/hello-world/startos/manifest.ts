import { setupManifest } from '@start9labs/start-sdk';

export const manifest = setupManifest({
  id: 'hello-world',
  title: 'Hello World',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Says hello', long: 'Serves one page that says hello.' },
  volumes: ['main'],
  images: { main: { source: { dockerTag: 'hello-world:1' }, arch: ['x86_64'] } },
  dependencies: {},
});
