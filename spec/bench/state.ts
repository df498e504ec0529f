/**
 * How fast the state is: `node spec/bench/state.ts [folder]`. One JSON line per measurement; state.md tells what they mean.
 *
 * Durable mutations a second by 1, 64 and 1,024 writers on a document of 2 MB, with fsync; 10,000 mutations a second to
 * 100 followers of the feed over WebSockets, in another process; and the same mutations by other libraries, without a disk.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { produceWithPatches, enablePatches } from 'immer';
import jsonPatch from 'fast-json-patch';
import { diff } from 'json-diff-ts';
import { z } from 'zod';
import { createFeedRoute } from '../../kernel/core/src/door/feed-route.ts';
import { Feed } from '../../kernel/core/src/state/feed.ts';
import { LevelJournal } from '../../kernel/core/src/state/level-journal.ts';
import { openStore } from '../../kernel/core/src/state/store.ts';

const row = z.object({ name: z.string(), state: z.string(), count: z.number(), tags: z.array(z.string()) });
type Row = z.infer<typeof row>;
type Document = Record<string, Row>;
const rows = 16_000;
const makeDocument = (): Document =>
  Object.fromEntries(
    Array.from({ length: rows }, (_, at) => [
      `row-${at}`,
      {
        name: `The row of number ${at} with some words`,
        state: 'running',
        count: 0,
        tags: ['one', 'two', 'three', 'four'],
      },
    ]),
  );
const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
const print = (line: object): void => console.log(JSON.stringify(line));
const folder = await mkdtemp(join(resolve(process.argv[2] ?? tmpdir()), 'hearth-bench-state-'));

async function open(name: string) {
  const store = await openStore(new LevelJournal(join(folder, name)), { log });
  const slice = store.slice<Document>({ name: 'rows', schema: z.record(z.string(), row), initial: {} });
  const document = makeDocument();
  await slice.commit('fill', (draft) => void Object.assign(draft, document));
  return { store, slice, bytes: JSON.stringify(document).length };
}

async function durable(writers: number): Promise<void> {
  const { store, slice, bytes } = await open(`writers-${writers}`);
  const until = performance.now() + 3000;
  let count = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++) {
      const key = `row-${(writer * 7919 + turn * 104_729) % rows}`;
      await slice.commit('bench', (draft) => void (draft[key]!.count += 1));
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = Math.round(count / seconds);
  print({
    what: 'durable mutations',
    writers,
    bytes,
    perSecond,
    perCpuSecond: Math.round(count / ((user + system) / 1e6)),
  });
  await store.close();
}

/** The feed as the door serves it, on a port of this machine, for whoever comes. */
async function serve(feed: Feed): Promise<{ port: number; close: () => void }> {
  const owner = { kind: 'user', user: 'owner', role: 'owner', session: 's' } as const;
  const authenticator = () => ({
    authenticate: () => Promise.resolve(owner),
    onSessionEnd: () => () => undefined,
  });
  const route = createFeedRoute({ feed, authenticator, log, limit: 1000 });
  const server = createServer().on('upgrade', (request, socket, head) => {
    const facts = {
      host: 'localhost',
      scheme: 'https',
      origin: undefined,
      fetchSite: undefined,
      mode: undefined,
    } as const;
    route.upgrade(request, socket, head, { kind: 'proxy', facts, host: 'localhost', clientAddress: 'local' });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      route.close();
      server.close();
    },
  };
}

/** Mutations at a steady rate; how long until each of the followers, in a process of their own, has them. */
async function fanOut(clients: number, rate: number): Promise<void> {
  const { store, slice } = await open('fan-out');
  const feed = new Feed(store, { log });
  const { port, close } = await serve(feed);
  const followers = fork(join(import.meta.dirname, 'state-followers.ts'), [String(port), String(clients)]);
  const told = (): Promise<unknown> => new Promise((done) => followers.once('message', done));
  // Everyone has the document.
  await told();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const seconds = 5;
  let asked = 0;
  const pending: Promise<unknown>[] = [];
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * rate);
    for (; asked < due; asked++) {
      const key = `row-${(asked * 7919) % rows}`;
      // When it was asked for is what is written: whoever gets it knows how long it took.
      const now = timeOf();
      pending.push(slice.commit('bench', (draft) => void (draft[key]!.count = now)));
    }
    await new Promise((resume) => setTimeout(resume, 2));
  }
  await Promise.all(pending);
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await new Promise((resume) => setTimeout(resume, 500));
  const summary = told();
  followers.send('end');
  print({
    what: 'fan-out',
    clients,
    perSecond: Math.round(asked / took),
    ...((await summary) as object),
    processor: Math.round(((user + system) / 1e6 / took) * 100),
  });
  close();
  feed.close();
  followers.kill();
  await store.close();
}

/** Milliseconds, the same in every process of this machine. */
const timeOf = (): number => performance.timeOrigin + performance.now();

/** The same mutation, in memory: a new document and what changed in it. */
function others(): void {
  enablePatches();
  const measure = (name: string, step: (at: number) => void): number => {
    let count = 0;
    for (const until = performance.now() + 2000; performance.now() < until; count++) step(count);
    const perSecond = Math.round((count / 2) * 10) / 10;
    print({ what: 'in memory', name, perSecond });
    return perSecond;
  };
  const key = (at: number): string => `row-${(at * 7919) % rows}`;
  let document = makeDocument();
  measure('immer produceWithPatches', (at) => {
    [document] = produceWithPatches(document, (draft) => void (draft[key(at)]!.count += 1));
  });
  const observed = makeDocument();
  const observer = jsonPatch.observe(observed);
  measure('fast-json-patch generate', (at) => {
    observed[key(at)]!.count += 1;
    jsonPatch.generate(observer);
  });
  let before = makeDocument();
  measure('json-diff-ts, whole document', (at) => {
    const changed = before[key(at)]!;
    const after = { ...before, [key(at)]: { ...changed, count: changed.count + 1 } };
    diff(before, after);
    before = after;
  });
}

try {
  for (const writers of [1, 64, 1024]) await durable(writers);
  await fanOut(100, 10_000);
  others();
} finally {
  await rm(folder, { recursive: true });
}
