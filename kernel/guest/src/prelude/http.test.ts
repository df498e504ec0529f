/** Requests and connections of a script, to real servers, as Node makes them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, startGuest, type TestGuest } from '../testing/guest-under-test.ts';

interface Ports {
  readonly http: number;
  readonly https: number;
  readonly lines: number;
  readonly ca: string;
}
type Body = (require: NodeJS.Require, ports: Ports) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => Body;

let guest: TestGuest;
let ports: Ports;
const servers: Server[] = [];
const folder = mkdtempSync(join(tmpdir(), 'hearth-http-'));

/** At a free port, or at a path. */
const listen = (server: Server, path?: string): Promise<number> =>
  new Promise((done) => {
    servers.push(server);
    const listens = (): void => done(path === undefined ? (server.address() as AddressInfo).port : 0);
    if (path === undefined) server.listen(0, '127.0.0.1', listens);
    else server.listen(path, listens);
  });

const answerLine = (socket: Socket): void => {
  socket.on('error', () => undefined).once('data', (first: Buffer) => socket.end(`heard ${first.toString()}`));
};

/** Tells what was asked; `/slow` never answers, `/half` breaks off, an upgrade echoes. */
function answering(server: HttpServer): HttpServer {
  server.on('request', (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      if (request.url === '/slow') return;
      if (request.url === '/half')
        return void response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
      const { method, url, headers } = request;
      response.writeHead(request.url === '/none' ? 404 : 200, {
        'x-made': ['a', 'b'],
        'content-type': 'application/json',
      });
      response.end(
        JSON.stringify({ method, url, body, mine: headers['x-mine'] ?? null, auth: headers.authorization ?? null }),
      );
    });
  });
  server.on('upgrade', (_request, socket, head: Buffer) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
    socket.on('error', () => undefined);
  });
  return server;
}

beforeAll(async () => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  const lines = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      if (!first.toString().startsWith('STARTTLS')) return void socket.end(`heard ${first.toString()}`);
      socket.write('go\n');
      const secured = new TLSSocket(socket, { isServer: true, ...pair });
      secured.on('error', () => undefined).on('data', (text: Buffer) => secured.end(`secret ${text.toString()}`));
    });
  });
  ports = {
    http: await listen(answering(createHttpServer())),
    https: await listen(answering(createHttpsServer(pair))),
    lines: await listen(lines),
    ca: readFileSync(cert, 'utf8'),
  };
  guest = await startGuest(`
    const AsyncFunction = (async () => {}).constructor;
    exports.init = async () => {};
    exports.actions = { get: () => ({ getInput: async () => null, run: async ({ input }) =>
      new AsyncFunction('require', 'ports', input.body)(require, input.ports) }) };
  `);
  await guest.host.request('init', { id: 'event-init-01', kind: null });
  const at = (name: string): string => join(guest.layout.volumes, 'main', name);
  await listen(createServer(answerLine), at('control.sock'));
  await listen(answering(createHttpServer()), at('api.sock'));
  symlinkSync('control.sock', at('link.sock'));
  writeFileSync(at('plain'), '');
}, 60_000);
afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await dropBuiltGuest();
  for (const server of servers) {
    if ('closeAllConnections' in server) (server as { closeAllConnections(): void }).closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

const gather = `const gather = (m) => new Promise((done, fail) => { let t = ''; m.on('data', (c) => { t += c }); m.on('end', () => done(t)); m.on('error', fail) }); const send = (module, options, body) => new Promise((done, fail) => { const q = require(module).request(options, async (r) => done([r.statusCode, r.headers['x-made'], JSON.parse(await gather(r))])); q.on('error', (e) => fail(e)); q.end(body) });`;

test.each<[string, string]>([
  [
    'a request with a body',
    `return send('http', { host: '127.0.0.1', port: ports.http, path: '/x?y=1', method: 'POST', headers: { 'X-Mine': 'yes' }, auth: 'a:b' }, 'hello')`,
  ],
  [
    'a request by address',
    `return new Promise((done) => require('http').get('http://127.0.0.1:' + ports.http + '/none', async (r) => done([r.statusCode, r.statusMessage, r.complete, (await gather(r)).length > 0, r.complete])))`,
  ],
  [
    'a request in pieces',
    `const q = require('http').request({ port: ports.http, host: '127.0.0.1', method: 'PUT' }); q.setHeader('x-mine', 'late'); q.write('a'); q.write(Buffer.from('b')); q.end('c'); const r = await new Promise((done) => q.on('response', done)); return JSON.parse(await gather(r))`,
  ],
  [
    "a certificate of one's own",
    `return send('https', { hostname: 'localhost', port: ports.https, path: '/s', ca: ports.ca }, '')`,
  ],
  [
    'a certificate nobody knows',
    `return send('https', { hostname: 'localhost', port: ports.https, path: '/s' }, '').catch((e) => e.code)`,
  ],
  [
    'a certificate nobody asks about',
    `return send('https', { hostname: 'localhost', port: ports.https, method: 'POST', agent: new (require('https').Agent)({ rejectUnauthorized: false }) }, 'x')`,
  ],
  [
    'a request that is given up',
    `return new Promise((done) => { const q = require('http').request({ port: ports.http, host: '127.0.0.1', path: '/slow', timeout: 50 }); const seen = []; q.on('timeout', () => { seen.push('timeout'); q.destroy(new Error('enough')) }); q.on('error', (e) => seen.push(e.message)); q.on('close', () => done(seen)); q.end() })`,
  ],
  [
    'an answer that breaks off',
    `return new Promise((done) => require('http').get({ port: ports.http, host: '127.0.0.1', path: '/half' }, (r) => { r.on('data', () => {}); r.on('error', (e) => done(e.code)) }).on('error', () => {}))`,
  ],
  [
    'a port nobody listens on',
    `return send('http', { host: '127.0.0.1', port: 1 }, '').catch((e) => [e.code, e.syscall])`,
  ],
  [
    'a connection made into another',
    `return new Promise((done) => { const q = require('http').request({ port: ports.http, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'echo' } }); q.on('upgrade', async (r, socket) => { socket.write('hello'); socket.once('data', (c) => { socket.destroy(); done([r.statusCode, r.headers.upgrade, String(c)]) }) }); q.end() })`,
  ],
  [
    'a socket',
    `const s = require('net').connect(ports.lines, '127.0.0.1'); const seen = []; s.on('connect', () => { seen.push(typeof s.localPort); s.write('hi') }); return [await gather(s), seen]`,
  ],
  [
    'a socket that turns to TLS',
    `const { once } = require('events'); const s = require('net').connect(ports.lines, '127.0.0.1'); s.write('STARTTLS\\n'); const [go] = await once(s, 'data'); const t = require('tls').connect({ socket: s, servername: 'localhost', ca: ports.ca }); await once(t, 'secureConnect'); t.write('word'); return [String(go), t.authorized, await gather(t)]`,
  ],
  [
    'fetch of a form',
    `const f = new FormData(); f.append('a', new Blob(['x']), 'b.txt'); const r = await fetch('http://127.0.0.1:' + ports.http + '/f', { method: 'POST', body: f }); const { body } = await r.json(); return [r.ok, r.headers.get('x-made'), body.includes('filename="b.txt"')]`,
  ],
])('%s', async (_what, body) => {
  const whole = `${gather} ${body}`;
  const expected: unknown = await new AsyncFunction('require', 'ports', whole)(createRequire(import.meta.url), ports);
  expect(await act(guest, { body: whole, ports })).toEqual(JSON.parse(JSON.stringify(expected)));
});

/** The same connections, of the script by the ABI's path and of Node by the real one. */
const atPath: Record<string, string> = {
  'words to the socket of a program': `const s = require('net').connect(at + '/control.sock'); s.setTimeout(5000); s.on('connect', () => s.write('hi')); return gather(s)`,
  'a connection with options': `const s = require('net').createConnection({ path: at + '/control.sock' }, () => s.write('hi')); return gather(s)`,
  'a link to a socket': `const s = require('net').connect(at + '/link.sock'); s.write('hi'); return gather(s)`,
  'a request to the socket of a program': `return send('http', { socketPath: at + '/api.sock', path: '/a', method: 'PUT' }, 'x')`,
  'a socket whose answer is not read': `return new Promise((done) => { const seen = []; const s = require('net').connect(at + '/control.sock'); s.setTimeout(300); s.on('connect', () => { seen.push('connect'); s.write('hi') }); s.on('end', () => { seen.push('end') }); s.on('timeout', () => { seen.push('timeout'); s.destroy() }); s.on('close', () => done(seen)) })`,
  'a socket whose answer is read late': `const s = require('net').connect(at + '/control.sock'); s.write('hi'); await new Promise((done) => setTimeout(done, 300)); return gather(s)`,
  'a socket that is not there': `return new Promise((done) => require('net').connect(at + '/none.sock').on('error', (e) => done([e.code, e.syscall, e.errno, e.message.replace(at, '')])))`,
  'a socket nobody listens on': `return new Promise((done) => require('net').connect(at + '/plain').on('error', (e) => done([e.code, e.syscall, e.message.replace(at, '')])))`,
  'a request to no socket': `return send('http', { socketPath: at + '/none.sock' }, '').catch((e) => [e.code, e.message.replace(at, '')])`,
};

test.each(Object.entries(atPath))('%s', async (_what, body) => {
  const real = join(guest.layout.volumes, 'main');
  const whole = (at: string) => `const at = ${JSON.stringify(at)}; ${gather} ${body}`;
  const expected: unknown = await new AsyncFunction('require', 'ports', whole(real))(
    createRequire(import.meta.url),
    ports,
  );
  expect(await act(guest, { body: whole('/media/startos/volumes/main'), ports })).toEqual(
    JSON.parse(JSON.stringify(expected)),
  );
});
