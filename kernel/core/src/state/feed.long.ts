import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Frame, Replica, type SliceDefinition } from '@hearth/contract';
import { z } from 'zod';
import { createLog } from '../log.ts';
import { decode } from './codec.ts';
import { Feed, type FeedSink } from './feed.ts';
import { MemoryJournal } from './memory-journal.ts';
import { openStore } from './store.ts';
import { viewOf, wholeView } from './view.ts';

const log = createLog('silent');
const definition: SliceDefinition<Record<string, unknown>> = {
  name: 'tree',
  schema: z.record(z.string(), z.unknown()),
  initial: {},
};

const sink = () => {
  const frames: Frame[] = [];
  const state = { frames, bytes: [] as Uint8Array[], buffered: 0, closed: '' };
  return {
    ...state,
    send(bytes: Uint8Array) {
      this.bytes.push(bytes);
      frames.push(decode(bytes) as Frame);
    },
    close(reason: string) {
      this.closed = reason;
    },
  } satisfies FeedSink & typeof state;
};
const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms));
const setUp = async (options: object = {}) => {
  const store = await openStore(new MemoryJournal(), { log });
  const slice = store.slice(definition);
  return { store, slice, feed: new Feed(store, { log, tickMs: 2, ...options }) };
};

describe('Feed', () => {
  test('begins with a snapshot, then one frame for the changes of a tick, encoded once for all', async () => {
    const { slice, feed } = await setUp();
    const [one, other] = [sink(), sink()];
    feed.join(one);
    feed.join(other);
    await Promise.all([1, 2, 3].map((n) => slice.commit('t', (draft) => void (draft[`k${n}`] = n))));
    await pause(10);
    expect(one.frames.map((frame) => frame.type)).toEqual(['snapshot', 'patch']);
    expect(one.frames[1]).toMatchObject({
      ops: [
        [['tree', 'k1'], 1],
        [['tree', 'k2'], 2],
        [['tree', 'k3'], 3],
      ],
    });
    expect(one.bytes[1]).toBe(other.bytes[1]);
    feed.close();
    expect([one.closed, feed.size]).toEqual(['stopping', 0]);
  });

  test('who comes back gets what was missed; with another epoch, or from too long ago, everything', async () => {
    const { store, slice, feed } = await setUp({ ringBytes: 300 });
    const first = sink();
    const leave = feed.join(first);
    const replica = new Replica();
    for (const frame of first.frames) replica.apply(frame);
    leave();
    await slice.commit('t', (draft) => void (draft['a'] = 1));
    await pause(5);
    await slice.commit('t', (draft) => void (draft['b'] = 2));
    const second = sink();
    feed.join(second, replica.resume);
    expect(second.frames.map((frame) => frame.type)).toEqual(['patch', 'patch']);
    expect(second.frames.map((frame) => replica.apply(frame))).toEqual(['applied', 'applied']);
    expect(replica.state).toEqual(store.snapshot());
    const stranger = sink();
    feed.join(stranger, { epoch: 'another', rev: store.rev });
    expect(stranger.frames).toMatchObject([{ type: 'snapshot', rev: store.rev }]);
    const current = sink();
    feed.join(current, { epoch: store.epoch, rev: store.rev });
    expect(current.frames).toEqual([]);
    for (let n = 0; n < 10; n++) {
      await slice.commit('t', (draft) => void (draft['long'] = `${'x'.repeat(100)}${n}`));
      await pause(4);
    }
    const late = sink();
    feed.join(late, replica.resume);
    expect(late.frames).toMatchObject([{ type: 'snapshot' }]);
    feed.close();
  });

  test('who is too slow is let be, then caught up, and cut if it lasts', async () => {
    const { store, slice, feed } = await setUp({ bufferBytes: 10, patienceMs: 120 });
    const slow = sink();
    feed.join(slow);
    slow.buffered = 11;
    for (const n of [1, 2, 3]) {
      await slice.commit('t', (draft) => void (draft['n'] = n));
      await pause(5);
    }
    expect(slow.frames).toHaveLength(1);
    slow.buffered = 0;
    await pause(70);
    const replica = new Replica();
    for (const frame of slow.frames) expect(replica.apply(frame)).toBe('applied');
    expect(replica.state).toEqual(store.snapshot());
    slow.buffered = 11;
    await slice.commit('t', (draft) => void (draft['n'] = 4));
    await pause(300);
    expect([slow.closed, feed.size]).toEqual(['too-slow', 0]);
    feed.close();
  });

  test('many clients that drop and return all end with the same document', async () => {
    const { store, slice, feed } = await setUp({ ringBytes: 4000, bufferBytes: 1 });
    const seeds = fc.sample(fc.integer({ min: 0, max: 0x7fffffff }), { numRuns: 4000, seed: 7 });
    const part = viewOf(['/tree/k1', '/tree/k3/c.2', '/tree/k1/c.1']);
    let at = 0;
    const random = (below: number) => (seeds[at++ % seeds.length]! + at) % below;
    const clients = Array.from({ length: 100 }, (_, number) => ({
      view: number % 4 === 0 ? part : wholeView,
      replica: new Replica(),
      sink: sink(),
      read: 0,
      leave: (): void => undefined,
    }));
    const connect = (client: (typeof clients)[number]) => {
      client.sink = sink();
      client.read = 0;
      client.leave = feed.join(client.sink, client.replica.resume, client.view);
    };
    const read = (client: (typeof clients)[number]) => {
      for (; client.read < client.sink.frames.length; client.read++) {
        const outcome = client.replica.apply(client.sink.frames[client.read]!);
        expect(outcome).toBe('applied');
      }
    };
    for (const client of clients) connect(client);
    const pending: Promise<number>[] = [];
    for (let round = 0; round < 10_000; round++) {
      const [one, two] = [`k${random(12)}`, `c.${random(6)}`];
      pending.push(
        slice.commit('t', (draft) => {
          if (random(9) === 0) delete draft[one];
          else ((draft[one] ??= {}) as Record<string, unknown>)[two] = random(4) === 0 ? [round] : { round };
        }),
      );
      const client = clients[random(clients.length)]!;
      if (random(10) === 0) {
        // Dropped at any time: what was sent may or may not have been read.
        client.leave();
        if (random(2) === 0) read(client);
        connect(client);
      }
      client.sink.buffered = random(2) * 2;
      if (random(20) === 0) await pause(1);
    }
    await Promise.all(pending);
    for (const client of clients) client.sink.buffered = 0;
    await pause(120);
    for (const client of clients) {
      read(client);
      const whole = store.snapshot();
      expect(client.replica.state).toEqual({ ...whole, value: client.view.document(whole.value) });
    }
    feed.close();
  }, 120_000);

  test('a part is told what happens beneath it, to it, and above it', async () => {
    const { store, slice, feed } = await setUp();
    const [one, other] = [sink(), sink()];
    const view = viewOf(['/tree/a/b']);
    feed.join(one, undefined, view);
    feed.join(other, undefined, view);
    const replica = new Replica();
    const seen: unknown[] = [];
    const commit = async (change: (draft: any) => void) => {
      await slice.commit('t', change);
      await pause(8);
      for (const frame of one.frames.splice(0)) expect(replica.apply(frame)).toBe('applied');
      expect(replica.state?.rev).toBe(store.rev);
      seen.push(replica.state?.value);
    };
    const nothing = { tree: { a: {} } };
    await commit((draft) => void (draft.x = 1));
    await commit((draft) => void (draft.a = { b: { c: 1 }, secret: 'not asked for' }));
    await commit((draft) => void (draft.a.b.c = 2));
    await commit((draft) => void (draft.a.other = 2));
    await commit((draft) => {
      delete draft.a;
    });
    expect(seen).toEqual([
      nothing,
      { tree: { a: { b: { c: 1 } } } },
      { tree: { a: { b: { c: 2 } } } },
      { tree: { a: { b: { c: 2 } } } },
      nothing,
    ]);
    expect(one.bytes[2]).toBe(other.bytes[2]);
    expect(viewOf(['/a', ''])).toBe(wholeView);
    expect(() => viewOf(['/a/__proto__'])).toThrow(expect.objectContaining({ code: 'rpc.noPointer' }));
    expect(() => viewOf(['a'])).toThrow(expect.objectContaining({ code: 'rpc.noPointer' }));
    feed.close();
  });
});
