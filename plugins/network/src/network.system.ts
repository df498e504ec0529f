/** The proxy as it is: a real nginx, real TLS, a real upstream, hostile input. */
import { createHash, X509Certificate } from 'node:crypto';
import { chmod, readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { ServiceRow, Services } from '@hearth/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PluginBed, pluginBed, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import { networkPlugin } from './plugin.ts';
import type { NetworkState } from './state.ts';
import { realProxy, type TestProxy } from './testing/nginx.ts';
import { ask, raw } from './testing/request.ts';

/** What arrived at an upstream. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  bytes: number;
}

let bed: PluginBed;
let proxy: TestProxy;
let kernel: Server;
let service: Server;
let plugin: StartedPlugin<any, NetworkState, any, any>;
/** In the order made; undone in reverse, also after half a start. */
const undo: (() => unknown)[] = [];
let root: string;
let https: number;
let http: number;
let rows: ServiceRow[];
let services: Services;
const kernelSeen: Seen[] = [];
const serviceSeen: Seen[] = [];
const echo = createTcpServer((socket) => socket.pipe(socket));

function upstream(seen: Seen[], name: string): Server {
  const server = createServer((request, response) => {
    const entry: Seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, bytes: 0 };
    seen.push(entry);
    request.on('data', (chunk: Buffer) => {
      entry.bytes += chunk.length;
    });
    if (request.url === '/stream') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: first\n\n');
      return;
    }
    request.on('end', () => {
      if (request.url === '/broken') response.writeHead(502).end('the service itself says so');
      else if (request.url === '/away')
        response.writeHead(302, { Location: `http://${request.headers.host}/there` }).end();
      else if (request.url === '/cookie') {
        response.writeHead(200, { 'Set-Cookie': ['own=1; Path=/', 'wide=1; Domain=family.local; Path=/'] }).end();
      } else response.writeHead(200, { 'X-From': name }).end(`from ${name}`);
    });
  });
  server.on('upgrade', (request, socket) => {
    seen.push({ method: 'UPGRADE', url: request.url ?? '', headers: request.headers, bytes: 0 });
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.on('data', (chunk: Buffer) => socket.write(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
  });
  return server;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const last = (seen: readonly Seen[]): Seen => {
  const entry = seen.at(-1);
  if (entry === undefined) throw new Error('nothing arrived');
  return entry;
};

beforeAll(async () => {
  https = await freePort();
  http = await freePort();
  bed = await pluginBed({ https, http });
  undo.push(() => bed.remove());
  proxy = realProxy(join(bed.places.data, 'proxy'));
  undo.push(() => proxy.stop());
  // nginx runs as another user than this test: it must be able to walk to its folder and to the kernel's socket.
  await chmod(bed.folder, 0o755);
  kernel = upstream(kernelSeen, 'kernel').listen(bed.places.kernelSocket);
  undo.push(() => kernel.close());
  await new Promise((resolve) => kernel.once('listening', resolve));
  await chmod(bed.places.kernelSocket, 0o666);
  service = upstream(serviceSeen, 'service').listen(0, '127.0.0.1');
  undo.push(() => {
    service.close();
    service.closeAllConnections();
  });
  await new Promise((resolve) => service.once('listening', resolve));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  undo.push(() => echo.close());
  const { port } = service.address() as AddressInfo;
  const raw = echo.address() as AddressInfo;
  rows = [
    serviceRow('syncthing', 2, [
      { port, interfaces: [{ id: 'ui' }] },
      { host: 'wire', port: 9, interfaces: [{ id: 'wire', type: 'p2p' }], assignedSslPort: await freePort() },
    ]),
    serviceRow('stopped', 3, [{ port: 1, interfaces: [{ id: 'ui' }] }]),
  ];
  const wire = rows[0]!.hosts['wire']!.bindings['9']!;
  rows[0]!.hosts['wire']!.bindings = { [String(raw.port)]: wire };
  services = servicesOf(rows, { address: () => '127.0.0.1' });
  plugin = await bed.start(networkPlugin, needs(), { mdns: false, names: ['home.example'] });
  undo.push(() => plugin.stop());
  root = (await networkRoute()).body as string;
}, 60_000);

afterAll(async () => {
  for (const back of undo.toReversed()) await back();
});

function needs(): any {
  const server = {
    read: () => ({ id: 'abcdef', name: 'Family', hostname: 'family', setUp: true, version: '0', startedAt: 0 }),
    configure: async () => 0,
  };
  return { engine: proxy.engine, services, server };
}

async function networkRoute(): Promise<{ body: unknown }> {
  const route = plugin.instance.routes?.find(({ path }) => path === '/ca.crt');
  if (route === undefined) throw new Error('no route');
  return route.handle(new URLSearchParams(), {} as never);
}

describe('Hearth itself', () => {
  test.each(['localhost', 'family.local', '127.0.0.1'])('answers to %s with a certificate for it', async (name) => {
    const answer = await ask({ port: https, name, root });
    expect(answer).toMatchObject({ status: 200, body: 'from kernel' });
    expect(last(kernelSeen).headers).toMatchObject({
      host: `${name}:${https}`,
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': `${name}:${https}`,
      'x-forwarded-proto': 'https',
    });
  });

  test('answers to further names the owner configured, without a certificate for them', async () => {
    const plain = await ask({ port: http, name: 'home.example', root: null });
    expect(plain.headers['location']).toBe(`https://home.example:${https}/`);
    await expect(ask({ port: https, name: 'home.example', root })).rejects.toThrow(/altnames/);
  });

  test('keeps the session for the kernel and believes no client about who it is', async () => {
    await ask({
      port: https,
      name: 'localhost',
      root,
      headers: {
        Cookie: '__Host-hearth=secret',
        'X-Hearth-Token': 't',
        'X-Real-IP': '6.6.6.6',
        'X-Forwarded-For': '6.6.6.6',
      },
    });
    expect(last(kernelSeen).headers).toMatchObject({
      cookie: '__Host-hearth=secret',
      'x-hearth-token': 't',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  test('carries a WebSocket to the feed', async () => {
    expect(await talk('localhost', '/feed')).toContain('hello through the proxy');
    expect(last(kernelSeen)).toMatchObject({ method: 'UPGRADE', url: '/feed' });
  });

  test('redirects plain HTTP, but hands out the root certificate', async () => {
    const moved = await ask({ port: http, name: 'family.local', path: '/services?x=1', root: null });
    expect(moved.status).toBe(307);
    expect(moved.headers['location']).toBe(`https://family.local:${https}/services?x=1`);
    expect(await ask({ port: http, name: 'family.local', path: '/ca.crt', root: null })).toMatchObject({ status: 200 });
    // By the proxy itself: it is to be had also while the kernel is down.
    expect(kernelSeen.map(({ url }) => url)).not.toContain('/ca.crt');
  });

  test('plain HTTP on the TLS port finds its way too', async () => {
    const answer = await ask({ port: https, name: 'localhost', path: '/a', root: null });
    expect(answer).toMatchObject({ status: 307 });
    expect(answer.headers['location']).toBe(`https://localhost:${https}/a`);
  });

  test('speaks nothing older than TLS 1.2', async () => {
    const old = connectTls({
      port: https,
      host: '127.0.0.1',
      ca: [root],
      servername: 'localhost',
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await expect(
      new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject)),
    ).rejects.toThrow();
    const http2 = connectTls({
      port: https,
      host: '127.0.0.1',
      ca: [root],
      servername: 'localhost',
      ALPNProtocols: ['h2'],
    });
    await new Promise((resolve, reject) => http2.once('secureConnect', resolve).once('error', reject));
    expect(http2.alpnProtocol).toBe('h2');
    http2.destroy();
  });

  test('shows a page of its own while the kernel is down', async () => {
    await new Promise((resolve) => {
      kernel.close(resolve);
      kernel.closeAllConnections();
    });
    try {
      for (const method of ['GET', 'POST']) {
        const answer = await ask({ port: https, name: 'localhost', path: '/rpc/v1', method, root });
        expect(answer.status).toBe(503);
        expect(answer.body).toContain('Hearth is starting');
        expect(answer.headers['content-type']).toBe('text/html');
        expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      }
    } finally {
      kernel = upstream(kernelSeen, 'kernel').listen(bed.places.kernelSocket);
      await new Promise((resolve) => kernel.once('listening', resolve));
      await chmod(bed.places.kernelSocket, 0o666);
    }
    expect((await ask({ port: https, name: 'localhost', root })).body).toBe('from kernel');
  });
});

describe('a service', () => {
  test.each(['syncthing.family.local', 'syncthing.localhost'])('answers at %s', async (name) => {
    expect(await ask({ port: https, name, path: '/a?b=%2Fc', root })).toMatchObject({
      status: 200,
      body: 'from service',
    });
    expect(last(serviceSeen).url).toBe('/a?b=%2Fc');
    expect(last(serviceSeen).headers).toMatchObject({
      host: `${name}:${https}`,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': `${name}:${https}`,
      'x-forwarded-for': '127.0.0.1',
    });
    const moved = await ask({ port: http, name, path: '/x', root: null });
    expect(moved.headers['location']).toBe(`https://${name}:${https}/x`);
  });

  test.each([
    ['__Host-hearth=s', undefined],
    ['a=1; __Host-hearth=s', 'a=1'],
    ['__Host-hearth=s; b=2', 'b=2'],
    ['a=1; __Host-hearth=s; b=2', 'a=1; b=2'],
    ['a=1;__Host-hearth=s;b=2', 'a=1; b=2'],
    ['a=1; __host-HEARTH=s; b=2', 'a=1; b=2'],
    ['a=1; __Host-hearth =s; b=2', 'a=1; b=2'],
    ['__Host-hearth=s; __Host-hearth=t; a=1; __Host-hearth=u', 'a=1'],
    [Array.from({ length: 9 }, (_, at) => `__Host-hearth=s${at}`).join('; '), undefined],
    ['__Host-hearth="s t"; a="x=y"', 'a="x=y"'],
    ['__Host-hearth2=mine; x__Host-hearth=mine', '__Host-hearth2=mine; x__Host-hearth=mine'],
    ['session=abc', 'session=abc'],
  ])('gets of the cookies %j no session', async (sent, expected) => {
    await ask({ port: https, name: 'syncthing.localhost', root, headers: { Cookie: sent, 'X-Hearth-Token': 'token' } });
    expect(last(serviceSeen).headers.cookie).toBe(expected);
    expect(last(serviceSeen).headers['x-hearth-token']).toBeUndefined();
  });

  test('gets no session from several Cookie lines, nor over HTTP/2', async () => {
    await ask({
      port: https,
      name: 'syncthing.localhost',
      root,
      headers: { Cookie: ['a=1', '__Host-hearth=s', 'b=2'] },
    });
    expect(last(serviceSeen).headers.cookie).toBe('a=1; b=2');
    const { connect } = await import('node:http2');
    const session = connect(`https://127.0.0.1:${https}`, { ca: [root], servername: 'syncthing.localhost' });
    const stream = session.request({
      ':authority': `syncthing.localhost:${https}`,
      cookie: ['a=1', '__Host-hearth=s', 'b=2'],
      'x-hearth-token': 'token',
    });
    stream.resume();
    await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject));
    session.close();
    expect(last(serviceSeen).headers.cookie).toBe('a=1; b=2');
    expect(last(serviceSeen).headers['x-hearth-token']).toBeUndefined();
    expect(last(serviceSeen).headers.host).toBe(`syncthing.localhost:${https}`);
  });

  test('sets cookies for its own name only', async () => {
    const { headers } = await ask({ port: https, name: 'syncthing.family.local', path: '/cookie', root });
    expect(headers['set-cookie']).toEqual(['own=1; Path=/', 'wide=1; Domain=syncthing.family.local; Path=/']);
  });

  test('is led back to HTTPS when it redirects to HTTP', async () => {
    const { headers } = await ask({ port: https, name: 'syncthing.localhost', path: '/away', root });
    expect(headers['location']).toBe(`https://syncthing.localhost:${https}/there`);
  });

  test('takes a WebSocket', async () => {
    expect(await talk('syncthing.localhost', '/socket')).toContain('hello through the proxy');
  });

  test('takes a big upload as it comes', async () => {
    const size = 300 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const body = Readable.from(Array.from({ length: 300 }, () => chunk));
    const answer = await ask({ port: https, name: 'syncthing.localhost', path: '/up', method: 'PUT', root, body });
    expect(answer.status).toBe(200);
    expect(last(serviceSeen)).toMatchObject({ method: 'PUT', bytes: size });
    expect(await readdir(join(bed.places.data, 'proxy', 'temporary', 'client_body'))).toEqual([]);
  }, 60_000);

  test('sends what it has at once', async () => {
    const socket = connectTls({ port: https, host: '127.0.0.1', ca: [root], servername: 'syncthing.localhost' });
    socket.write(`GET /stream HTTP/1.1\r\nHost: syncthing.localhost:${https}\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes('data: first')) break;
    }
    expect(text).toContain('data: first');
    socket.destroy();
  });

  test('says itself what is broken; the proxy speaks only when nobody answers', async () => {
    expect(await ask({ port: https, name: 'syncthing.localhost', path: '/broken', root })).toMatchObject({
      status: 502,
      body: 'the service itself says so',
    });
    const down = await ask({ port: https, name: 'stopped.localhost', root });
    expect(down.status).toBe(503);
    expect(down.body).toContain('This service does not answer');
  });

  test('speaks TLS at its own port when it is no web page', async () => {
    const port = rows[0]!.hosts['wire']!.bindings;
    const assigned = Object.values(port)[0]!.net.assignedSslPort!;
    const socket = connectTls({ port: assigned, host: '127.0.0.1', ca: [root], servername: 'family.local' });
    socket.write('over the wire');
    const [chunk] = (await socket.take(1).toArray()) as Buffer[];
    expect(String(chunk)).toBe('over the wire');
    socket.destroy();
  });
});

describe('strangers', () => {
  test.each(['evil.example', 'family.local.', 'syncthing.other.local', 'x.syncthing.localhost', '10.9.8.7'])(
    'the name %s is not served',
    async (name) => {
      const before = [kernelSeen.length, serviceSeen.length];
      const plain = await ask({ port: http, name, root: null });
      const statuses = [plain.status];
      const socket = connectTls({ port: https, host: '127.0.0.1', ca: [root], servername: 'localhost' });
      socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
      const [first] = (await socket.take(1).toArray()) as Buffer[];
      statuses.push(Number(String(first).slice(9, 12)));
      // A final dot is the same name: it may be answered, by Hearth's own page only.
      if (name.endsWith('.')) expect(serviceSeen.length).toBe(before[1]);
      else {
        expect(statuses).toEqual([421, 421]);
        expect([kernelSeen.length, serviceSeen.length]).toEqual(before);
      }
    },
  );

  test.each([
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
  ])('the request %j is refused', async (bytes) => {
    expect(await raw(http, bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('upkeep', () => {
  test('a pass that changes nothing reloads nothing', async () => {
    const before = proxy.calls.length;
    plugin.events.emit('service.network', { service: 'syncthing' });
    await sleep(300);
    expect(proxy.calls.length).toBe(before);
  });

  test('a hostile package cannot break or bend the configuration', async () => {
    const hostile = 'ui; } server { listen 1; location / { proxy_pass http://evil; } } #\n"\'\\$host';
    rows.push(
      serviceRow('hostile', 4, [
        { port: 1, interfaces: [{ id: 'first' }] },
        { port: 2, host: hostile, interfaces: [{ id: hostile, addressInfo: { suffix: hostile, username: hostile } }] },
      ]),
    );
    plugin.events.emit('service.network', { service: 'hostile' });
    await sleep(1000);
    expect(proxy.calls.filter(({ verb }) => verb === 'proxy.apply')).toHaveLength(2);
    expect((await ask({ port: https, name: 'ui-server-listen-hostile.localhost', root })).status).toBe(503);
    expect((await ask({ port: https, name: 'hostile.localhost', root })).status).toBe(503);
    const urls = Object.values(plugin.scope.state.read().addresses['hostile'] ?? {}).flat();
    expect(urls.length).toBeGreaterThan(0);
    for (const { url } of urls) expect(new URL(url).hostname).toMatch(/hostile\.(family\.local|localhost)$/);
  });

  test('a removed service is gone from proxy, state and disk', async () => {
    const folder = join(bed.places.data, 'proxy', 'certificates');
    const before = (await readdir(folder)).length;
    rows.pop();
    plugin.events.emit('service.removed', { service: 'hostile' });
    await sleep(1000);
    expect((await ask({ port: https, name: 'localhost', root })).status).toBe(200);
    await expect(ask({ port: https, name: 'hostile.localhost', root })).rejects.toThrow(/altnames/);
    expect(plugin.scope.state.read().addresses['hostile']).toBeUndefined();
    expect((await readdir(folder)).length).toBe(before - 2);
  });

  test('keys on disk are readable for the owner alone', async () => {
    const folder = join(bed.places.data, 'proxy', 'certificates');
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  test('after a restart of the kernel the same authority and the same certificates serve on', async () => {
    const fingerprint = plugin.scope.state.read().caFingerprint;
    const der = new X509Certificate(root).raw;
    expect(fingerprint?.replaceAll(':', '').toLowerCase()).toBe(createHash('sha256').update(der).digest('hex'));
    const folder = join(bed.places.data, 'proxy', 'certificates');
    const files = await readdir(folder);
    await plugin.stop();
    expect((await ask({ port: https, name: 'syncthing.localhost', root })).body).toBe('from service');
    plugin = await bed.start(networkPlugin, needs(), { mdns: false, names: ['home.example'] });
    expect(plugin.scope.state.read().caFingerprint).toBe(fingerprint);
    expect(await readdir(folder)).toEqual(files);
    expect((await ask({ port: https, name: 'syncthing.localhost', root })).body).toBe('from service');
  });
});

/** Upgrades, says something, and answers all that came back. */
async function talk(name: string, path: string): Promise<string> {
  const socket = connectTls({ port: https, host: '127.0.0.1', ca: [root], servername: name });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${name}:${https}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGVzdA==\r\n\r\n`,
  );
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('\r\n\r\n') && !text.includes('hello')) socket.write('hello through the proxy');
    if (text.includes('hello through the proxy')) break;
  }
  socket.destroy();
  return text;
}
