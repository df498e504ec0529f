import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openArchive } from '../archive.ts';
import { filterInto } from '../rewrite.ts';
import { HttpSource } from '../sources/http.ts';
import { MemorySource } from '../sources/memory.ts';
import { packageTree, packed } from '../testing/packages.ts';
import { TestServer } from '../testing/server.ts';
import type { Behaviour } from '../testing/server.ts';
import { MemorySink } from '../write.ts';
import { downloadArchive } from './download.ts';
import { heldIn } from './held.ts';

let folder = '';
let destination = '';
const servers: TestServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-s9pk-download-'));
  destination = join(folder, 'got.s9pk');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  rmSync(folder, { recursive: true });
});
const serve = async (bytes: Uint8Array, behaviour: Behaviour = {}) => {
  const server = await TestServer.start(bytes, behaviour);
  servers.push(server);
  return server;
};
const large = await packed(packageTree({ imageBytes: 18_000_000 }));

async function filtered(bytes: Uint8Array, architecture: string): Promise<Uint8Array> {
  const sink = new MemorySink();
  await filterInto(sink, await openArchive(new MemorySource(bytes)), { architecture });
  return sink.bytes();
}
const expectFile = (expected: Uint8Array) => expect(Buffer.compare(readFileSync(destination), expected)).toBe(0);
const expectAlone = () => expect(readdirSync(folder)).toEqual(['got.s9pk']);

test.each(['x86_64', 'aarch64'])(
  'takes only what %s needs, the same bytes as filtering at home',
  async (architecture) => {
    const server = await serve(large);
    const seen: [number, number][] = [];
    const progress = (done: number, total: number) => seen.push([done, total]);
    const got = await downloadArchive(server.url, destination, { architecture, progress });
    expectFile(await filtered(large, architecture));
    expectAlone();
    expect(server.sent).toBeLessThan(18_000_000 + 400_000);
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
    expect(seen.every(([done], at) => at === 0 || done >= seen[at - 1]![0])).toBe(true);
    expect(got.fetched).toBe(seen.at(-1)![1]);
  },
);

test('takes everything when no architecture is named', async () => {
  const server = await serve(large);
  await downloadArchive(server.url, destination);
  const sink = new MemorySink();
  await filterInto(sink, await openArchive(new MemorySource(large)));
  expectFile(sink.bytes());
});

test('goes on after cuts without asking again for what it has', async () => {
  const server = await serve(large, { cut: (request) => (request > 2 && request % 3 === 0 ? 1_500_000 : null) });
  await downloadArchive(server.url, destination, { architecture: 'x86_64', pauseMs: 1 });
  expectFile(await filtered(large, 'x86_64'));
  // Each cut costs less than one segment.
  expect(server.sent).toBeLessThan(18_000_000 + 400_000 + server.requests * 1_500_000);
});

test('another run resumes what a failed one left', async () => {
  const server = await serve(large, { cut: (request) => (request > 4 ? 0 : null) });
  const failed = downloadArchive(server.url, destination, {
    architecture: 'x86_64',
    attempts: 2,
    pauseMs: 1,
    parallel: 1,
  });
  await expect(failed).rejects.toMatchObject({ code: 's9pk.sourceUnreadable' });
  expect(existsSync(destination)).toBe(false);
  expect(existsSync(`${destination}.part.json`)).toBe(true);
  server.behaviour = {};
  const before = server.sent;
  const got = await downloadArchive(server.url, destination, { architecture: 'x86_64' });
  expectFile(await filtered(large, 'x86_64'));
  expectAlone();
  expect(got.fetched).toBeLessThan(15_000_000);
  expect(server.sent - before).toBeLessThan(15_000_000);
});

test('a half-made file that was damaged meanwhile is fetched again', async () => {
  const server = await serve(large, { cut: (request) => (request > 4 ? 0 : null) });
  const options = { architecture: 'x86_64', attempts: 2, pauseMs: 1, parallel: 1 };
  await expect(downloadArchive(server.url, destination, options)).rejects.toThrow();
  const part = readFileSync(`${destination}.part`);
  part.fill(0);
  writeFileSync(`${destination}.part`, part);
  server.behaviour = {};
  await downloadArchive(server.url, destination, options);
  expectFile(await filtered(large, 'x86_64'));
});

test('an abort leaves what is needed to go on, and no more', async () => {
  const server = await serve(large);
  const stop = new AbortController();
  const progress = (done: number) => {
    if (done > 6_000_000) stop.abort();
  };
  await expect(downloadArchive(server.url, destination, { progress, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(readdirSync(folder).toSorted()).toEqual(['got.s9pk.part', 'got.s9pk.part.json']);
});

test.each([
  ['with', true],
  ['without', false],
])('a server that changes content %s ranges is refused and nothing stays', async (_, ranges) => {
  const bytes = large.slice();
  bytes[bytes.length - 1]! ^= 1;
  const server = await serve(bytes, { ranges });
  await expect(downloadArchive(server.url, destination)).rejects.toMatchObject({ code: 's9pk.hashMismatch' });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a length', true],
  ['no length', false],
])('works with a server that knows no ranges and tells %s', async (_, length) => {
  const server = await serve(large, { ranges: false, length });
  await downloadArchive(server.url, destination, { architecture: 'aarch64' });
  expectFile(await filtered(large, 'aarch64'));
  expectAlone();
});

test('a server without ranges that never ends is stopped at the maximum', async () => {
  const server = await serve(large, { ranges: false, length: false });
  await expect(downloadArchive(server.url, destination, { maximum: 1_000_000 })).rejects.toMatchObject({
    code: 's9pk.remoteTooLarge',
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a server without ranges is not heard to the end when the header is wrong', async () => {
  const server = await serve(large.slice(1), { ranges: false, length: false });
  await expect(downloadArchive(server.url, destination)).rejects.toMatchObject({ code: 's9pk.badMagic' });
  expect(readdirSync(folder)).toEqual([]);
});

test('an archive other than the promised one is refused', async () => {
  const server = await serve(large);
  const commitment = { rootSighash: '00'.repeat(32), rootMaxsize: 1000 };
  await expect(downloadArchive(server.url, destination, { commitment })).rejects.toMatchObject({
    code: 's9pk.commitmentMismatch',
  });
  expect(server.requests).toBe(1);
});

test('an update fetches the difference only', async () => {
  const old = await openArchive(new MemorySource(await filtered(large, 'x86_64')));
  const newer = await packed(packageTree({ version: '1.0.1:0', imageBytes: 18_000_000 }));
  const server = await serve(newer);
  const got = await downloadArchive(server.url, destination, { architecture: 'x86_64', held: await heldIn([old]) });
  expectFile(await filtered(newer, 'x86_64'));
  expect(got.fetched).toBeLessThan(2000);
  expect(got.reused).toBeGreaterThan(18_000_000);
  expect(server.sent).toBeLessThan(200_000);
});

test('a held file that is not what it is said to be is fetched', async () => {
  const server = await serve(large);
  const held = {
    find: (_: Uint8Array, size: number) => ({
      size,
      async *stream() {
        yield new Uint8Array(size);
      },
    }),
  };
  const got = await downloadArchive(server.url, destination, { architecture: 'x86_64', held });
  expectFile(await filtered(large, 'x86_64'));
  expect(got.reused).toBe(0);
});

test('the next mirror takes over', async () => {
  const broken = await serve(large, { cut: (request) => (request > 3 ? 0 : null) });
  const gone = await serve(large, { status: () => 404 });
  const good = await serve(large);
  const urls = [gone.url, broken.url, good.url];
  await downloadArchive(urls, destination, { architecture: 'x86_64', attempts: 2, pauseMs: 1 });
  expectFile(await filtered(large, 'x86_64'));
});

test('manifest and icon of a large remote archive cost little, in the order of a first packing too', async () => {
  const server = await serve(await packed(packageTree({ imageBytes: 5_000_000, assetBytes: 5_000_000 })));
  const source = await HttpSource.open(server.url);
  const archive = await openArchive(source, { tree: 'root' });
  await archive.manifest();
  const { name } = [...archive.root.entries!.values()].find((entry) => entry.name.startsWith('icon.'))!;
  await archive.read(name);
  expect(server.requests).toBeLessThanOrEqual(4);
  expect(server.sent).toBeLessThanOrEqual(256 << 10);
});
