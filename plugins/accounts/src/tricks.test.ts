/** What pages of strangers, names that lead here and forged headers get with the owner's own session: nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyPlugin } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { followFeed, http, startTestKernel, type TestKernel } from '../../../kernel/core/src/testing/index.ts';
import { accountsPlugin } from './plugin.ts';

const name = 'hearth.local:8443';
const good = { host: name, origin: `https://${name}`, site: 'same-origin', type: 'application/json' };

/** Names, addresses and ways to write them that are not this server's, or not at this port. */
const hosts = [
  ...['', 'hearth.local', 'hearth.local:443', 'hearth.local:80', 'hearth.local:8444', 'hearth.local:08443a'],
  ...[
    'hearth.local.:8443',
    'hearth.local.evil.example:8443',
    'evil.example:8443',
    'evil.example',
    'xhearth.local:8443',
  ],
  ...['127.0.0.1.evil.example:8443', 'localhost.evil.example:8443', '0.0.0.0:8443', '0:8443', '127.1:8443'],
  ...['127.0.0.2:8443', '0x7f.0.0.1:8443', '0177.0.0.1:8443', '2130706433:8443', '10.255.255.1:8443'],
  ...['[::]:8443', '[::ffff:127.0.0.1]:8443', '[::ffff:7f00:1]:8443', '[fe80::1%25lo]:8443', '[::1', '::1:8443'],
  ...['hearth.local:8443@evil.example', 'evil.example#hearth.local:8443', 'hearth.local:8443, evil.example'],
  ...['hearth.local :8443', 'hearth.local:8443/', '../hearth.local:8443', 'hearth.local:65536', '*:8443', 'null'],
];
/** Pages that are not this one: other sites, other ports and schemes of this host, services beneath it, no page at all. */
const origins = [
  ...[
    'null',
    '',
    'https://evil.example',
    'https://hearth.local',
    'https://hearth.local:443',
    'http://hearth.local:8443',
  ],
  ...['https://hearth.local:8444', 'https://hearth.local:9443', 'https://syncthing.hearth.local:8443'],
  ...['https://hearth.local.evil.example:8443', 'https://hearth.local:8443.evil.example', 'https://xhearth.local:8443'],
  ...['https://hearth.local.:8443', 'https://localhost:8443', 'https://127.0.0.1:8443', 'https://[::1]:8443'],
  ...[
    'https://hearth.local:8443/',
    'https://hearth.local:8443@evil.example',
    'https://evil.example/https://hearth.local:8443',
  ],
  ...[
    'file://',
    'data:',
    'moz-extension://1234',
    'chrome-extension://abcd',
    'https:hearth.local:8443',
    'hearth.local:8443',
  ],
];
const sites = ['cross-site', 'same-site', 'none', 'same-origin, cross-site', 'nonsense'];
const types = [
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''],
  ...['text/plain; application/json', 'application/json5', 'application/xml', 'text/json'],
];

describe('with the session of the owner', () => {
  let kernel: TestKernel;
  let session: Record<string, string>;
  let token: string;
  beforeAll(async () => {
    kernel = await startTestKernel({ plugins: [accountsPlugin as AnyPlugin] });
    const code = await readFile(join(kernel.places.run, 'kernel/setup-code'), 'utf8');
    const own = { 'X-Real-IP': '192.168.1.5', ...headersOf(good) };
    const params = { code, name: 'Hearth', password: 'correct horse battery' };
    const answer = await post(own, { jsonrpc: '2.0', id: 1, method: 'setup.execute', params });
    token = answer.json().result.token;
    session = { Cookie: (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '', 'X-Hearth-Token': token };
  });
  afterAll(() => kernel.stop());

  const headersOf = ({ host, origin, site, type }: Partial<Record<keyof typeof good, string>>) => ({
    ...(host !== undefined && { Host: host }),
    ...(origin !== undefined && { Origin: origin }),
    ...(site !== undefined && { 'Sec-Fetch-Site': site }),
    ...(type !== undefined && { 'Content-Type': type }),
  });
  const post = (headers: Record<string, string>, body: object, path = '/rpc/v1') =>
    http({ socketPath: kernel.sockets.kernel, method: 'POST', path, headers, body: JSON.stringify(body) });
  /** Something only the owner may do, and that shows. */
  const rename = (headers: Record<string, string>) =>
    post(
      { ...session, ...headers },
      { jsonrpc: '2.0', id: 1, method: 'auth.token.create', params: { name: 'forged' } },
    );
  const tokens = async (): Promise<number> => (await kernel.rpc('auth.token.list')).tokens.length;

  test('the page itself is served; every combination with one trick in it is not', async () => {
    expect((await rename(headersOf(good))).json().result.token).toEqual(expect.any(String));
    const before = await tokens();
    const tried: Partial<Record<keyof typeof good, string>>[] = [
      ...hosts.flatMap((host) => [
        { ...good, host },
        // As a name that was made to lead here would be asked for by its own page.
        { ...good, host, origin: `https://${host}` },
        { host, type: good.type },
        ...origins.map((origin) => ({ ...good, host, origin })),
      ]),
      ...origins.flatMap((origin) => [
        { ...good, origin },
        { host: name, origin, type: good.type },
      ]),
      ...origins.flatMap((origin) => sites.map((site) => ({ ...good, origin, site }))),
      ...sites.flatMap((site) => [
        { ...good, site },
        { host: name, site, type: good.type },
      ]),
      ...types.map((type) => ({ ...good, type })),
    ];
    const accepted: object[] = [];
    for (const each of tried) {
      const answer = await rename(headersOf(each));
      if (answer.status === 200 || !/"error"|^$/.test(answer.text())) accepted.push({ ...each, status: answer.status });
    }
    expect(accepted).toEqual([]);
    expect(tried.length).toBeGreaterThan(1000);
    expect(await tokens()).toBe(before);
  }, 120_000);

  test('forged headers of the proxy are the proxy’s alone to set, and change nothing here', async () => {
    // The proxy overwrites all three; whoever reached the socket without it is Hearth itself.
    const lies = [
      { 'X-Forwarded-Host': 'evil.example:8443' },
      { 'X-Forwarded-Host': 'evil.example', Host: name },
      { 'X-Forwarded-Proto': 'http' },
    ];
    for (const lie of lies) expect((await rename({ ...headersOf(good), ...lie })).status).not.toBe(200);
  });

  test('reads by other sites, uploads and feeds of other pages get nothing', async () => {
    for (const origin of origins) {
      const read = await http({
        socketPath: kernel.sockets.kernel,
        path: '/openrpc.json',
        headers: { ...session, Host: name, Origin: origin, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' },
      });
      expect([origin, read.status]).toEqual([origin, 403]);
      expect(read.headers['access-control-allow-origin']).toBeUndefined();
      const upload = await post(
        { ...session, ...headersOf({ ...good, origin, type: 'application/octet-stream' }) },
        {},
        '/upload',
      );
      expect([origin, upload.status]).toEqual([origin, 403]);
    }
    for (const each of [
      ...hosts.map((host) => ({ ...good, host })),
      ...origins.map((origin) => ({ ...good, origin })),
    ]) {
      const { host, origin } = each;
      const feed = followFeed(kernel.sockets.kernel, { token }, { ...session, Host: host, Origin: origin });
      expect([each, await feed.closed, feed.frames]).toEqual([each, expect.any(Number), []]);
      expect(await feed.closed).toBeLessThanOrEqual(0);
    }
    // Sent before anything is known of the page: never a permission.
    const preflight = await http({
      socketPath: kernel.sockets.kernel,
      method: 'OPTIONS',
      path: '/rpc/v1',
      headers: { Host: name, Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([405, undefined]);
  }, 60_000);
});
