import { expect, test } from '@jest/globals';
import { nginxConfiguration, type ProxyInput } from './configuration.ts';

const certificate = { chain: '/data/a.pem', key: '/data/a.pem' };
const input: ProxyInput = {
  folder: '/data/proxy',
  httpsPort: 8443,
  httpPort: 8080,
  ipv6: true,
  kernelSocket: '/run/hearth/kernel.sock',
  streamModule: '/usr/lib/nginx/modules/ngx_stream_module.so',
  ui: { names: ['localhost', '::1'], certificate },
  sites: [],
  tlsPorts: [],
};
const site = {
  service: 'syncthing',
  names: ['syncthing.family.local', 'syncthing.localhost'] as const,
  upstream: { address: '10.0.3.2', port: 8384, tls: false },
  certificate,
};

test('equal inputs give equal texts', () => {
  expect(nginxConfiguration({ ...input, sites: [site] })).toBe(nginxConfiguration({ ...input, sites: [site] }));
});

test('listens on IPv6 only where there is any', () => {
  expect(nginxConfiguration(input)).toContain('listen [::]:8443 ssl http2');
  expect(nginxConfiguration({ ...input, ipv6: false })).not.toContain('[::]:');
});

test('loads the stream module only when it is needed', () => {
  expect(nginxConfiguration(input)).not.toContain('load_module');
  const tlsPorts = [{ service: 'a', port: 50002, upstream: { address: '10.0.3.2', port: 50001, tls: true } }];
  expect(nginxConfiguration({ ...input, tlsPorts })).toMatch(/load_module .*\n(.*\n)+stream \{/);
});

test.each(['/data/$host', '/data/a"b', '/data/a\nb', 'data', '/data;'])('refuses the folder %j', (folder) => {
  expect(() => nginxConfiguration({ ...input, folder })).toThrow(
    expect.objectContaining({ code: 'network.unusablePath', kind: 'INVALID_INPUT' }),
  );
});

test.each(['a b', 'a;', 'A', '*.local', '~.', '', 'a{', '.a'])('refuses the name %j', (name) => {
  expect(() => nginxConfiguration({ ...input, sites: [{ ...site, names: [name, 'a.localhost'] }] })).toThrow(TypeError);
  expect(() => nginxConfiguration({ ...input, ui: { names: [name], certificate } })).toThrow(TypeError);
});

test('refuses what is no port', () => {
  for (const port of [0, 65536, 1.5, Number.NaN]) {
    const upstream = { ...site.upstream, port };
    expect(() => nginxConfiguration({ ...input, sites: [{ ...site, upstream }] })).toThrow(TypeError);
  }
});
