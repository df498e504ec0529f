import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CapabilityOf } from '@hearth/contract';
import { hostMatches, reachOf } from './addresses.ts';
import { fetchFor } from './fetch.ts';

const none = new Set<string>();

describe('addresses', () => {
  test.each([
    ['93.184.216.34', 'public'],
    ['2606:4700::1111', 'public'],
    ['127.0.0.1', 'private'],
    ['127.8.9.1', 'private'],
    ['10.0.3.7', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['198.18.0.1', 'private'],
    ['169.254.169.254', 'never'],
    ['0.0.0.0', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['::', 'never'],
    ['::1', 'private'],
    ['::7f00:1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['::ffff:7f00:1', 'private'],
    ['0:0:0:0:0:ffff:a9fe:a9fe', 'never'],
    ['::ffff:93.184.216.34', 'public'],
    ['64:ff9b::7f00:1', 'private'],
    ['2002:7f00:1::', 'private'],
    ['2001:0:1::', 'private'],
    ['fd00::1', 'private'],
    ['fe80::1', 'never'],
    ['fe80::1%eth0', 'never'],
    ['ff02::1', 'never'],
    ['hearth.local', 'never'],
  ])('%s is %s', (address, reach) => expect(reachOf(address, none)).toBe(reach));

  test('those of this machine are private, public as they may be', () =>
    expect(reachOf('93.184.216.34', new Set(['93.184.216.34']))).toBe('private'));

  test.each<[string, string[], boolean]>([
    ['api.example.org', ['api.example.org'], true],
    ['example.org', ['api.example.org'], false],
    ['xapi.example.org', ['api.example.org'], false],
    ['api.example.org.evil.net', ['api.example.org'], false],
    ['a.example.org', ['*.example.org'], true],
    ['a.b.example.org', ['*.example.org'], true],
    ['example.org', ['*.example.org'], false],
    ['evilexample.org', ['*.example.org'], false],
    ['api.example.org:8443', ['api.example.org'], false],
    ['api.example.org:8443', ['api.example.org:8443'], true],
    ['api.example.org', ['api.example.org:8443'], false],
  ])('%s among %j: %s', (host, named, among) => expect(hostMatches(host, named)).toBe(among));
});

describe('a fetch of a plugin', () => {
  let server: Server;
  let port = 0;
  const seen: { url: string; headers: Record<string, unknown>; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', headers: request.headers, body });
        if (request.url === '/away') response.writeHead(302, { location: `http://secret.test:${port}/taken` });
        else if (request.url === '/round') response.writeHead(302, { location: '/round' });
        else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' });
        else response.setHeader('Set-Cookie', 'session=1').setHeader('ETag', '"7"');
        response.end(request.url === '/large' ? 'x'.repeat(600_000) : `seen ${request.method ?? ''}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  const grant = (more: Partial<CapabilityOf<'network.fetch'>> = {}): CapabilityOf<'network.fetch'> => ({
    capability: 'network.fetch',
    hosts: [`weather.test:${port}`],
    private: true,
    reason: 'Because the test wants to see it.',
    ...more,
  });
  const home = () => Promise.resolve(['127.0.0.1']);
  const get = (url: string, more: Partial<CapabilityOf<'network.fetch'>> = {}, resolve = home) =>
    fetchFor({ url, method: 'GET', headers: {}, body: null, binary: false }, grant(more), { resolve });

  test('reaches what was granted, and tells what belongs to the answer', async () => {
    const headers = { Accept: 'text/plain', Host: 'evil', 'X-Forwarded-For': '1.2.3.4', Connection: 'upgrade' };
    const answer = await fetchFor(
      { url: `http://weather.test:${port}/now`, method: 'POST', headers, body: 'hello', binary: false },
      grant(),
      { resolve: home },
    );
    expect(answer).toMatchObject({ status: 200, body: 'seen POST', headers: { etag: '"7"' } });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(seen.at(-1)).toMatchObject({
      url: '/now',
      body: 'hello',
      headers: { accept: 'text/plain', host: `weather.test:${port}` },
    });
    expect(seen.at(-1)?.headers).not.toHaveProperty('x-forwarded-for');
  });

  test.each<[string, string]>([
    ['another host', 'http://other.test:PORT/'],
    ['another port', 'http://weather.test/'],
    ['an address', 'http://127.0.0.1:PORT/'],
    ['an address in other clothes', 'http://2130706433:PORT/'],
    ['a host before an at sign', 'http://weather.test@other.test:PORT/'],
    ['a password', 'http://a:b@weather.test:PORT/'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'weather'],
  ])('does not reach %s', async (_, url) => {
    const before = seen.length;
    await expect(get(url.replace('PORT', String(port)))).rejects.toMatchObject({ code: 'plugin.hostRefused' });
    expect(seen.length).toBe(before);
  });

  test('does not reach home where that was not granted, by whatever name', async () => {
    const before = seen.length;
    const url = `http://weather.test:${port}/`;
    await expect(get(url, { private: false })).rejects.toMatchObject({ code: 'plugin.hostRefused' });
    for (const addresses of [['::1'], ['::ffff:127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['10.0.3.1'], ['fd00::1']])
      await expect(get(url, { private: false }, () => Promise.resolve(addresses))).rejects.toMatchObject({
        code: 'plugin.hostRefused',
      });
    await expect(get(url, {}, () => Promise.resolve(['169.254.169.254']))).rejects.toMatchObject({
      code: 'plugin.hostRefused',
    });
    expect(seen.length).toBe(before);
  });

  test('connects to the address that was looked at, whatever the name says a moment later', async () => {
    let asked = 0;
    const rebinding = () => Promise.resolve((asked += 1) === 1 ? ['127.0.0.1'] : ['127.0.0.2']);
    expect(await get(`http://weather.test:${port}/once`, {}, rebinding)).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
  });

  test('looks at where it is sent on, and does not go round for ever', async () => {
    for (const path of ['away', 'file'])
      await expect(get(`http://weather.test:${port}/${path}`)).rejects.toMatchObject({ code: 'plugin.hostRefused' });
    expect(seen.some(({ url }) => url === '/taken')).toBe(false);
    await expect(get(`http://weather.test:${port}/round`)).rejects.toMatchObject({ code: 'plugin.fetchFailed' });
  });

  test('takes no more than it can hold', () =>
    expect(get(`http://weather.test:${port}/large`)).rejects.toMatchObject({ code: 'plugin.fetchFailed' }));
});
