/** What every example of a package needs and no test is about. */
export const about = {
  id: 'example',
  title: 'Example',
  version: '2.0.0:0',
  releaseNotes: 'First',
  license: 'MIT',
  description: { short: 'An example', long: 'An example of a service' },
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
} as const;
export const images = { main: { arch: ['x86_64'] } } as const;
