/** What a plugin may fetch for an operation on a place for backups, and how the bytes of a blob go past it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CapabilityOf, confinedVerbs } from '@hearth/contract';
import { type Operation, Operations, Receiving, Sending } from './operations.ts';
import { fetchForTarget } from './target-fetch.ts';

const pack = Buffer.alloc(3_000_000, 'pack');
let server: Server;
let host: string;
/** `METHOD path bytes`, of requests that came to their end. */
const came: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let size = 0;
    const path = request.url ?? '';
    if (path === '/refuse') {
      request.resume();
      response.writeHead(507).end('full');
      return;
    }
    request.on('data', (piece: Buffer) => (size += piece.length));
    request.on('end', () => {
      came.push(`${request.method} ${path} ${size}`);
      if (path === '/away') return response.writeHead(302, { location: 'http://elsewhere.example/' }).end();
      if (path === '/missing') return response.writeHead(404).end('none');
      if (path === '/short')
        return response.writeHead(200, { 'content-length': '10' }).write('12345', () => response.destroy());
      const [, first] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
      if (path === '/ranges' && first !== undefined)
        return response.writeHead(206, { 'content-range': `bytes ${first}-9/10` }).end(pack.subarray(Number(first)));
      if (path === '/lie') return response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('x');
      return response.end(request.method === 'GET' ? pack : '');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const reason = 'Because the test wants to see it.';
const entered: CapabilityOf<'backup.target'> = { capability: 'backup.target', entered: true, reason };
const named: CapabilityOf<'backup.target'> = { capability: 'backup.target', hosts: ['dav.example.org'], reason };
const operation = (more: Partial<Operation> = {}): Operation => ({
  ...{ signal: new AbortController().signal, entered: [host], sending: null, receiving: null },
  ...more,
});
const ask = (path: string, more: object = {}, given = operation(), grant = entered) => {
  const input = { operation: 'o', url: path.startsWith('/') ? `http://${host}${path}` : path, ...more };
  return fetchForTarget(confinedVerbs['backup.fetch'].input.parse(input), grant, given, {
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
};
async function* pieces(whole: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += 60_000) yield whole.subarray(at, at + 60_000);
}
const gather = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const piece of content) all.push(piece);
  return Buffer.concat(all);
};

test('an address that was entered is reached, wherever it leads, if that was granted', async () => {
  expect(await ask('/', { method: 'PROPFIND' })).toMatchObject({ status: 200 });
  for (const [path, given, grant] of [
    ['/', operation({ entered: [] }), entered],
    ['/', operation(), named],
    ['http://127.0.0.1:1/', operation(), entered],
    ['http://elsewhere.example/', operation(), entered],
    // Of the grant itself: public ones alone.
    ['http://dav.example.org/', operation(), named],
    ['http://169.254.169.254/', operation({ entered: ['169.254.169.254'] }), entered],
    ['file:///etc/passwd', operation({ entered: [''] }), entered],
    ['http://me:secret@127.0.0.1/', operation({ entered: ['127.0.0.1'] }), entered],
  ] as const)
    await expect(ask(path, {}, given, grant)).rejects.toMatchObject({ code: 'plugin.hostRefused' });
});

test('a redirect is told, not followed', async () => {
  expect(await ask('/away')).toMatchObject({ status: 302, headers: { location: 'http://elsewhere.example/' } });
});

test('a blob is sent once, with its length; whoever refuses it is heard', async () => {
  const sending = new Sending(pack.length, pieces(pack));
  expect(await ask('/put', { method: 'PUT', blob: 'send' }, operation({ sending }))).toMatchObject({ status: 200 });
  expect([sending.done, came.at(-1)]).toEqual([true, `PUT /put ${pack.length}`]);
  await expect(ask('/put', { method: 'PUT', blob: 'send' }, operation({ sending }))).rejects.toMatchObject({
    code: 'plugin.noBlob',
  });
  const refused = new Sending(pack.length, pieces(pack));
  expect(await ask('/refuse', { method: 'PUT', blob: 'send' }, operation({ sending: refused }))).toMatchObject({
    status: 507,
    body: 'full',
  });
  expect(refused.done).toBe(false);
  await expect(ask('/put', { method: 'PUT', blob: 'send' })).rejects.toMatchObject({ code: 'plugin.noBlob' });
});

test.each([
  ['/ranges', { offset: 0, length: null }, pack],
  ['/ranges', { offset: 17, length: 5 }, pack.subarray(17, 22)],
  // Of a server that knows no ranges.
  ['/whole', { offset: 100_001, length: 200_000 }, pack.subarray(100_001, 300_001)],
  ['/whole', { offset: 2_999_999, length: null }, pack.subarray(2_999_999)],
] as const)('a blob is received from %s in %j', async (path, range, expected) => {
  const receiving = new Receiving(range);
  const headers = { range: `bytes=${range.offset}-` };
  const asked = ask(path, { headers, blob: 'receive' }, operation({ receiving }));
  const found = await receiving.begun;
  expect((await gather(found!.content)).equals(expected)).toBe(true);
  expect(await asked).toMatchObject({ body: '' });
});

test('what is not the blob is not taken for it', async () => {
  const receiving = new Receiving({ offset: 5, length: null });
  expect(await ask('/missing', { blob: 'receive' }, operation({ receiving }))).toMatchObject({
    status: 404,
    body: 'none',
  });
  expect(receiving.taken).toBe(false);
  await expect(ask('/lie', { blob: 'receive' }, operation({ receiving }))).rejects.toMatchObject({
    code: 'plugin.noBlob',
  });
  const short = new Receiving({ offset: 0, length: null });
  const asked = ask('/short', { blob: 'receive' }, operation({ receiving: short }));
  const read = short.begun.then((found) => gather(found!.content));
  await expect(read).rejects.toBeDefined();
  await expect(asked).rejects.toMatchObject({ code: 'plugin.fetchFailed' });
});

test('what nobody waits for any more ends, and its name with it', async () => {
  const over = new AbortController();
  const slow = new Sending(
    10,
    (async function* () {
      yield Buffer.from('12345');
      await new Promise(() => undefined);
    })(),
  );
  const asked = ask('/put', { method: 'PUT', blob: 'send' }, operation({ signal: over.signal, sending: slow }));
  over.abort();
  await expect(asked).rejects.toMatchObject({
    code: 'plugin.fetchFailed',
    message: expect.stringContaining('nobody waits'),
  });
  const operations = new Operations();
  let name = '';
  await operations.run(operation(), (given) => {
    name = given;
    expect(operations.find(given)).toMatchObject({ entered: [host] });
    return Promise.resolve();
  });
  expect(() => operations.find(name)).toThrow(/not under way/);
  expect(() => operations.find('constructor')).toThrow(/not under way/);
});
