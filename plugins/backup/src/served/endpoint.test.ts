/** What an endpoint answers to whoever speaks to it, and that nothing of it is left. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackupStore, HearthError, largestBlob } from '@hearth/contract';
import { createLog } from '@hearth/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Endpoint, serveStore, sweepSockets, targetsFolder } from './endpoint.ts';

const name = 'ab'.repeat(32);
let run: string;
let endpoint: Endpoint;
let session: ClientHttp2Session;
let asked: string[];
let store: { -readonly [K in keyof BackupStore]: BackupStore[K] };

beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'hearth-served-'));
  await sweepSockets(run);
  asked = [];
  store = {
    async *list(type) {
      asked.push(`list ${type}`);
      yield { name, size: 3 };
    },
    size: async ({ type, name: of }) => (asked.push(`size ${type}/${of}`), 3),
    read: async (_, { offset, length }) => {
      asked.push(`read ${offset} ${length ?? 'all'}`);
      return {
        size: 3,
        content: (async function* () {
          yield Buffer.from('abc');
        })(),
      };
    },
    write: async (_, size, content) => {
      for await (const piece of content) asked.push(`write ${piece.length} of ${size}`);
    },
    remove: async ({ type }) => void asked.push(`remove ${type}`),
  };
  endpoint = await serveStore(store, { run, log: createLog('silent'), patienceMs: 50 });
  session = connect('http://localhost', {
    createConnection: () => connectSocket(join(targetsFolder(run), `${endpoint.socket}.sock`)),
  });
  session.on('error', () => undefined);
});
afterEach(async () => {
  session.destroy();
  await endpoint.close();
  expect(await readdir(targetsFolder(run))).toEqual([]);
  await rm(run, { recursive: true });
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(method: string, path: string, headers: object = {}, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
    let told: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (given) => (told = given));
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    stream.on('error', reject);
    stream.on('close', () => {
      if (stream.rstCode === 0) resolve({ status: Number(told[':status']), headers: told, body: text });
      else reject(new Error(`cut off: ${stream.rstCode}`));
    });
    if (body !== undefined) stream.end(body);
  });
}

test('its socket is for its own user alone, and has a name that cannot be guessed', async () => {
  expect(endpoint.socket).toMatch(/^[0-9a-f]{24}$/);
  expect((await stat(targetsFolder(run))).mode & 0o777).toBe(0o700);
});

describe('a request', () => {
  test.each([
    ['GET', '/', 501],
    ['DELETE', '/', 501],
    ['POST', '/?create=true', 200],
    ['GET', '/etc/passwd', 404],
    ['GET', '/data/../config', 404],
    ['GET', '/data/..%2f..', 404],
    ['GET', `/data/${name}/x`, 404],
    ['GET', `/data/${name.toUpperCase()}`, 404],
    ['GET', '/data/config', 404],
    ['GET', '/config/', 404],
    ['GET', `/constructor/${name}`, 404],
    ['GET', '/file-5577006791947779410', 404],
    ['PUT', `/data/${name}`, 405],
    ['POST', '/data/', 405],
  ])('%s %s is answered %d, and the store hears nothing of it', async (method, path, status) => {
    expect(await ask(method, path)).toMatchObject({ status, body: '' });
    expect(asked).toEqual([]);
  });

  test('is carried out where it is one of the protocol', async () => {
    expect(await ask('GET', '/keys/')).toMatchObject({
      ...{ status: 200, body: JSON.stringify([{ name, size: 3 }]) },
      headers: { 'content-type': 'application/vnd.x.restic.rest.v2' },
    });
    expect(await ask('HEAD', '/config')).toMatchObject({ status: 200, headers: { 'content-length': '3' } });
    expect(await ask('GET', `/data/${name}`, { range: 'bytes=7-9' })).toMatchObject({ status: 206, body: 'abc' });
    expect(await ask('GET', `/data/${name}`)).toMatchObject({ status: 200, body: 'abc' });
    expect(await ask('POST', `/locks/${name}`, { 'content-length': 4 }, 'lock')).toMatchObject({ status: 200 });
    expect(await ask('DELETE', `/locks/${name}`)).toMatchObject({ status: 200 });
    expect(asked).toEqual([
      ...['list keys', 'size config/config', 'read 7 3', 'read 0 all', 'write 4 of 4', 'remove locks'],
    ]);
  });

  test('that is too large, of no length, or for an odd range is refused before the store hears of it', async () => {
    expect((await ask('POST', `/data/${name}`, {}, 'x')).status).toBe(411);
    // Its sender may be cut off before the answer is read.
    const large = ask('POST', `/data/${name}`, { 'content-length': largestBlob + 1 }).then(
      ({ status }) => status,
      () => 413,
    );
    expect(await large).toBe(413);
    expect((await ask('GET', `/data/${name}`, { range: 'bytes=9-7' })).status).toBe(416);
    expect(asked).toEqual([]);
  });
});

test('what a store tells of itself is not believed', async () => {
  const content = (text: string) =>
    (async function* () {
      yield Buffer.from(text);
    })();
  store.read = async () => ({ size: 3, content: content('ab') });
  await expect(ask('GET', `/data/${name}`)).rejects.toThrow();
  store.read = async () => ({ size: 3, content: content('abcd') });
  await expect(ask('GET', `/data/${name}`)).rejects.toThrow();
  store.list = async function* () {
    yield { name: '../../etc/passwd', size: 1 };
  };
  await expect(ask('GET', '/keys/')).rejects.toThrow();
});

test('so many at once, the others in their turn', async () => {
  let running = 0;
  let most = 0;
  store.size = async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(20);
    running -= 1;
    return 1;
  };
  const all = await Promise.all(Array.from({ length: 25 }, () => ask('HEAD', `/data/${name}`)));
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200));
  expect(most).toBe(6);
});

test('a store that fails once is tried again; one that goes on failing is given up, in its own words', async () => {
  store.size = () => Promise.reject(new HearthError({ code: 'x.full', kind: 'CONFLICT', message: 'It is full' }));
  expect((await ask('HEAD', `/data/${name}`)).status).toBe(500);
  expect(endpoint.hopeless.aborted).toBe(false);
  await sleep(60);
  // Another thing that goes well is no sign.
  expect((await ask('GET', '/keys/')).status).toBe(200);
  expect((await ask('HEAD', `/data/${name}`)).status).toBe(500);
  expect([endpoint.hopeless.aborted, endpoint.failure()?.message]).toEqual([true, 'It is full']);
});

test('when it closes, what is under way is cut off and told so', async () => {
  const told = Promise.withResolvers<boolean>();
  store.size = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        told.resolve(true);
        reject(new Error('over'));
      });
    });
  const waiting = ask('HEAD', `/data/${name}`);
  waiting.catch(() => undefined);
  await new Promise(setImmediate);
  await ask('GET', '/keys/');
  await endpoint.close();
  expect(await told.promise).toBe(true);
  expect(endpoint.failure()).toBeNull();
});
