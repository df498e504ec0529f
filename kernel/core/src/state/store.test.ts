import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { SliceDefinition } from '@hearth/contract';
import { z } from 'zod';
import { createLog } from '../log.ts';
import type { Patch } from './announcements.ts';
import { MemoryJournal } from './memory-journal.ts';
import { openStore, type Store } from './store.ts';

const log = createLog('silent');
type Rows = Record<string, { n: number; note: string }>;
const rows: SliceDefinition<Rows> = {
  name: 'rows',
  schema: z.record(z.string(), z.object({ n: z.number(), note: z.string().default('') })),
  initial: {},
};
const open = (journal = new MemoryJournal(), options = {}) => openStore(journal, { log, ...options });

describe('Store', () => {
  afterEach(() => void jest.restoreAllMocks());

  test('commits are readable, numbered, and there after a restart', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    const slice = store.slice(rows);
    const rev = store.rev;
    expect(await slice.commit('test', (draft) => void (draft['a'] = { n: 1, note: '' }))).toBe(rev + 1);
    expect(await slice.commit('test', (draft) => void (draft['a']!.n = 2))).toBe(rev + 2);
    expect(slice.read()).toEqual({ a: { n: 2, note: '' } });
    await store.close();
    const again = await open(journal);
    expect(again.epoch).not.toBe(store.epoch);
    expect(again.slice(rows).read()).toEqual({ a: { n: 2, note: '' } });
  });

  test('what a reader holds never changes, and cannot be changed', async () => {
    const slice = (await open()).slice({ ...rows, initial: { a: { n: 1, note: '' } } });
    const held = slice.read();
    await slice.commit('test', (draft) => void (draft['a']!.n = 2));
    expect(held).toEqual({ a: { n: 1, note: '' } });
    expect(() => (slice.read()['a']!.n = 3)).toThrow(TypeError);
    expect(() => (held['b'] = { n: 1, note: '' })).toThrow(TypeError);
  });

  test('nothing is readable or told before the journal has it', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    const slice = store.slice(rows);
    const { promise: durable, resolve } = Promise.withResolvers<number>();
    const append = jest.spyOn(journal, 'append').mockImplementation(() => durable);
    const told: Patch[] = [];
    store.follow((patch) => told.push(patch));
    const commit = slice.commit('test', (draft) => void (draft['a'] = { n: 1, note: '' }));
    await new Promise((resume) => setTimeout(resume, 10));
    expect(append).toHaveBeenCalledTimes(1);
    expect([slice.read(), told]).toEqual([{}, []]);
    resolve(100);
    await commit;
    expect([slice.read(), told.length]).toEqual([{ a: { n: 1, note: '' } }, 1]);
  });

  test('a journal that refuses changes nothing, and the next commit goes through', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    const slice = store.slice(rows);
    const rev = store.rev;
    jest.spyOn(journal, 'append').mockRejectedValueOnce(new Error('disk full'));
    const both = [1, 2].map((n) => slice.commit('test', (draft) => void (draft[`r${n}`] = { n, note: '' })));
    for (const commit of both) await expect(commit).rejects.toMatchObject({ code: 'state.notDurable' });
    expect([slice.read(), store.rev]).toEqual([{}, rev]);
    await slice.commit('test', (draft) => void (draft['b'] = { n: 3, note: '' }));
    await store.close();
    expect((await open(journal)).slice(rows).read()).toEqual({ b: { n: 3, note: '' } });
  });

  test('a change that throws, or leaves the schema, is taken back alone', async () => {
    const store = await open();
    const slice = store.slice(rows);
    const outcomes = await Promise.allSettled([
      slice.commit('one', (draft) => void (draft['a'] = { n: 1, note: '' })),
      slice.commit('two', (draft) => {
        draft['a']!.n = 99;
        throw new Error('changed my mind');
      }),
      slice.commit('three', (draft) => void (draft['a']!.n = 'x' as never)),
      slice.commit('four', (draft) => void (draft['b'] = { n: draft['a']!.n + 1, note: '' })),
    ]);
    expect(outcomes.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(slice.read()).toEqual({ a: { n: 1, note: '' }, b: { n: 2, note: '' } });
  });

  test('commits of one turn share one write', async () => {
    const journal = new MemoryJournal();
    const append = jest.spyOn(journal, 'append');
    const slice = (await open(journal)).slice(rows);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => slice.commit('t', (draft) => void (draft[`r${n}`] = { n, note: '' }))),
    );
    expect(append).toHaveBeenCalledTimes(1);
    expect(append.mock.calls[0]![0]).toHaveLength(100);
  });

  test('a commit that changes nothing writes nothing', async () => {
    const journal = new MemoryJournal();
    const append = jest.spyOn(journal, 'append');
    const store = await open(journal);
    const slice = store.slice(rows);
    expect(
      await slice.commit('test', (draft) => {
        delete draft['nobody'];
      }),
    ).toBe(store.rev);
    expect(append).not.toHaveBeenCalled();
  });

  test('volatile slices are readable at once and gone after a restart', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    const slice = store.slice({ ...rows, volatile: true });
    void slice.commit('test', (draft) => void (draft['a'] = { n: 1, note: '' }));
    expect(slice.read()).toEqual({ a: { n: 1, note: '' } });
    await expect(slice.commit('test', (draft) => void (draft['a']!.n = '' as never))).rejects.toMatchObject({
      code: 'state.invalid',
    });
    await store.close();
    expect((await open(journal)).slice({ ...rows, volatile: true }).read()).toEqual({});
  });

  test('private slices stay out of snapshot, patches and history, but move the revision', async () => {
    const store = await open();
    const slice = store.slice({ ...rows, private: true });
    const told: Patch[] = [];
    store.follow((patch) => told.push(patch));
    const rev = await slice.commit('secret', (draft) => void (draft['hash'] = { n: 1, note: '' }));
    expect(told).toEqual([{ rev, ops: [] }]);
    expect(store.snapshot().value).toEqual({});
    expect(await store.history({ limit: 5 })).toMatchObject([{ slice: 'rows', reason: 'secret', ops: [] }]);
  });

  test('revisions reach every follower in order, also when one commits in turn', async () => {
    const store = await open();
    const slice = store.slice({ ...rows, volatile: true });
    const other = store.slice({ ...rows, name: 'other', volatile: true });
    const first: number[] = [];
    const second: number[] = [];
    store.follow((patch) => {
      first.push(patch.rev);
      if (patch.ops[0]?.[0][0] === 'rows')
        void other.commit('echo', (draft) => void (draft[`r${patch.rev}`] = { n: 1, note: '' }));
    });
    store.follow((patch) => second.push(patch.rev));
    await slice.commit('test', (draft) => void (draft['a'] = { n: 1, note: '' }));
    await slice.commit('test', (draft) => void (draft['b'] = { n: 1, note: '' }));
    expect(second).toEqual(first);
    expect(second).toEqual([...second].sort((a, b) => a - b));
    expect(second).toHaveLength(4);
  });

  test('a watcher that throws stops nobody', async () => {
    const slice = (await open()).slice(rows);
    const seen: unknown[] = [];
    slice.watch(() => {
      throw new Error('x');
    });
    const off = slice.watch((value) => seen.push(value));
    await slice.commit('test', (draft) => void (draft['a'] = { n: 1, note: '' }));
    off();
    await slice.commit('test', (draft) => void (draft['a']!.n = 2));
    expect(seen).toEqual([{ a: { n: 1, note: '' } }]);
  });

  test('compacts on its way and loses nothing', async () => {
    const journal = new MemoryJournal();
    const compact = jest.spyOn(journal, 'compact');
    const store: Store = await open(journal, { compactEvery: 10, rowsPerSnapshot: 0, keep: 5 });
    const slice = store.slice(rows);
    for (let n = 0; n < 35; n++) await slice.commit('t', (draft) => void (draft[`r${n % 7}`] = { n, note: '' }));
    expect(compact).toHaveBeenCalledTimes(3);
    expect((await store.history({ limit: 100 })).length).toBeLessThanOrEqual(15);
    const again = await open(journal);
    expect(again.slice(rows).read()).toEqual(slice.read());
  });

  test('a large document is not written down again for a few changes', async () => {
    const journal = new MemoryJournal();
    const store: Store = await open(journal, { compactEvery: 2, rowsPerSnapshot: 4 });
    const slice = store.slice(rows);
    await slice.commit('t', (draft) => void (draft['long'] = { n: 0, note: 'x'.repeat(4000) }));
    await slice.commit('t', (draft) => void (draft['long']!.n = 1));
    // Waits for the snapshot after the second row.
    await slice.commit('t', (draft) => void (draft['long']!.n = 2));
    const compact = jest.spyOn(journal, 'compact');
    // Each is a row of more than 40 bytes and less than 200: 16,000 bytes are between 80 and 400 of them.
    for (let n = 0; n < 80; n++) await slice.commit('t', (draft) => void (draft['long']!.n = n + 3));
    expect(compact).toHaveBeenCalledTimes(0);
    for (let n = 0; n < 320; n++) await slice.commit('t', (draft) => void (draft['long']!.n = n + 200));
    expect(compact).toHaveBeenCalledTimes(1);
  });

  test('a slice whose owner is away is kept', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    await store.slice(rows).commit('t', (draft) => void (draft['a'] = { n: 1, note: '' }));
    await store.close();
    const without = await open(journal, { compactEvery: 1 });
    await without.slice({ ...rows, name: 'other' }).commit('t', (draft) => void (draft['x'] = { n: 1, note: '' }));
    expect(Object.keys(without.snapshot().value)).toEqual(['other']);
    await without.close();
    expect((await open(journal)).slice(rows).read()).toEqual({ a: { n: 1, note: '' } });
  });

  test('a newer schema fills in what it has added; one that does not fit is named', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    await store
      .slice({ ...rows, schema: z.record(z.string(), z.object({ n: z.number() })) })
      .commit('t', (draft) => void (draft['a'] = { n: 1 }));
    await store.close();
    const next = await open(journal);
    expect(next.slice(rows).read()).toEqual({ a: { n: 1, note: '' } });
    await next.close();
    const wrong = await open(journal);
    expect(() => wrong.slice({ name: 'rows', schema: z.record(z.string(), z.string()), initial: {} })).toThrow(
      expect.objectContaining({ code: 'state.sliceInvalid' }),
    );
  });

  test('a taken slice, and a closed store, refuse', async () => {
    const store = await open();
    const slice = store.slice(rows);
    expect(() => store.slice(rows)).toThrow(expect.objectContaining({ code: 'state.sliceTaken' }));
    const last = slice.commit('t', (draft) => void (draft['a'] = { n: 1, note: '' }));
    await Promise.all([store.close(), store.close()]);
    await expect(last).resolves.toBeGreaterThan(0);
    await expect(slice.commit('t', () => undefined)).rejects.toMatchObject({ code: 'state.closed' });
  });
});
