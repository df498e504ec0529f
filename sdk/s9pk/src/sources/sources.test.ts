import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { patterned, sourceSuite } from '../../../../spec/suites/source.suite.ts';
import { FileSource } from '../node/file-source.ts';
import { TestServer } from '../testing/server.ts';
import type { Behaviour } from '../testing/server.ts';
import { BlobSource } from './blob.ts';
import { HttpSource } from './http.ts';
import { MemorySource } from './memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-s9pk-sources-'));
const servers: TestServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

let files = 0;
sourceSuite('memory', async (bytes) => new MemorySource(bytes));
sourceSuite('a Blob', async (bytes) => new BlobSource(new Blob([new Uint8Array(bytes)])));
sourceSuite('a file', async (bytes) => {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return FileSource.open(path);
});
const serve = async (bytes: Uint8Array, behaviour: Behaviour = {}) => {
  const server = await TestServer.start(bytes, behaviour);
  servers.push(server);
  return server;
};
sourceSuite('HTTP with ranges', async (bytes) => HttpSource.open((await serve(bytes)).url));
sourceSuite('HTTP without ranges', async (bytes) => HttpSource.open((await serve(bytes, { ranges: false })).url));

const bytes = patterned(300_000);

test('a server without ranges is read forward from one answer', async () => {
  const server = await serve(bytes, { ranges: false });
  const source = await HttpSource.open(server.url);
  for (const position of [0, 100_000, 200_000]) await source.read(position, 1000);
  expect(server.requests).toBe(1);
  await source.read(100_000, 10);
  expect(server.requests).toBe(2);
  await source.close();
});

test.each([404, 403, 500, 301])('status %i is told', async (status) => {
  const server = await serve(bytes, { status: () => status });
  await expect(HttpSource.open(server.url)).rejects.toMatchObject({ code: 's9pk.remoteRefused', data: { status } });
});

test('a file that changes between two requests is noticed by its tag and by its length', async () => {
  let etag = '"one"';
  const server = await serve(bytes, { etag: () => etag });
  const source = await HttpSource.open(server.url);
  etag = '"two"';
  await expect(source.read(100_000, 10)).rejects.toMatchObject({ code: 's9pk.sourceChanged' });
  etag = '"one"';
  server.bytes = bytes.subarray(1);
  await expect(source.read(100_000, 10)).rejects.toMatchObject({ code: 's9pk.sourceChanged' });
});

test('more bytes than were asked for are refused, fewer are a broken connection', async () => {
  const server = await serve(bytes, {});
  const source = await HttpSource.open(server.url);
  server.behaviour = { surplus: 5 };
  await expect(source.read(100_000, 10)).rejects.toMatchObject({ code: 's9pk.sourceChanged' });
  server.behaviour = { cut: () => 5 };
  await expect(source.read(100_000, 10)).rejects.toMatchObject({ code: 's9pk.sourceUnreadable', kind: 'UNAVAILABLE' });
});

test('a silent server is given up', async () => {
  const server = await serve(bytes, { silent: true });
  await expect(HttpSource.open(server.url, { silenceMs: 50 })).rejects.toMatchObject({ code: 's9pk.sourceUnreadable' });
});

test('nobody listens', async () => {
  const server = await TestServer.start(bytes);
  const { url } = server;
  await server.stop();
  await expect(HttpSource.open(url)).rejects.toMatchObject({ code: 's9pk.sourceUnreadable', kind: 'UNAVAILABLE' });
});

test('a file that shrinks while it is read is noticed', async () => {
  const path = join(folder, 'shrinks');
  writeFileSync(path, bytes);
  const source = await FileSource.open(path);
  writeFileSync(path, bytes.subarray(0, 10));
  await expect(source.read(100, 100)).rejects.toMatchObject({ code: 's9pk.sourceChanged' });
  await source.close();
});

test('a folder is no archive', async () => {
  await expect(FileSource.open(folder)).rejects.toMatchObject({ code: 's9pk.sourceUnreadable' });
  await expect(FileSource.open(join(folder, 'absent'))).rejects.toMatchObject({ code: 's9pk.sourceUnreadable' });
});
