import { defineService, webAnswers } from '@hearth/sdk';

const page = { success: 'The page is open', failure: 'The page does not answer' };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'hello-world',
    title: 'Hello World',
    version: '1.0.0:0',
    releaseNotes: 'The first version.',
    license: 'MIT',
    description: { short: 'Says hello', long: 'Serves one page that says hello.' },
    packageRepo: 'https://example.com/hello-world-package',
    upstreamRepo: 'https://example.com/hello-world',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: { ui: { name: 'Page', description: 'The page', type: 'ui', port: 80, protocol: 'http' } },
  install: ({ volumes }) => volumes.data.write('index.html', '<!doctype html><title>Hello</title><h1>Hello</h1>'),
  daemons: {
    web: {
      image: 'main',
      command: ['nginx', '-g', 'daemon off;'],
      mounts: { data: '/var/www/html' },
      ready: { name: 'Page', check: webAnswers(80, page) },
    },
  },
  backup: ['data'],
});
