import { describe, expect, test } from '@jest/globals';
import type { SliceDefinition } from '@hearth/contract';
import { z } from 'zod';
import { createLog } from '../log.ts';
import { MemoryJournal } from './memory-journal.ts';
import { openStore, type Store } from './store.ts';

const log = createLog('silent');
const open = (journal: MemoryJournal): Promise<Store> => openStore(journal, { log });

/** A shape and what became of it: names, then rows with a name, then rows with first and last name. */
const first: SliceDefinition<string[]> = { name: 'people', schema: z.array(z.string()), initial: [] };
const people1: SliceDefinition<Record<string, string>> = {
  name: 'people',
  schema: z.record(z.string(), z.string()),
  initial: {},
};
const people2: SliceDefinition<Record<string, { name: string }>> = {
  name: 'people',
  schema: z.record(z.string(), z.object({ name: z.string() })),
  initial: {},
  version: 2,
  migrations: {
    2: (rows: Record<string, string>) => Object.fromEntries(Object.entries(rows).map(([id, name]) => [id, { name }])),
  },
};
const people3: SliceDefinition<Record<string, { first: string; last: string }>> = {
  name: 'people',
  schema: z.record(z.string(), z.object({ first: z.string(), last: z.string() })),
  initial: {},
  version: 3,
  migrations: {
    ...people2.migrations,
    3: (rows: Record<string, { name: string }>) =>
      Object.fromEntries(
        Object.entries(rows).map(([id, { name }]) => {
          const [one = '', other = ''] = name.split(' ');
          return [id, { first: one, last: other }];
        }),
      ),
  },
};

async function past(): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  const store = await open(journal);
  await store.slice(people1).commit('test', (draft) => void (draft['a'] = 'Ada Lovelace'));
  await store.close();
  return journal;
}

describe('migrations of state', () => {
  test('go through every version between, once, and are written down before anything else', async () => {
    const journal = await past();
    const store = await open(journal);
    const slice = store.slice(people3);
    expect(slice.read()).toEqual({ a: { first: 'Ada', last: 'Lovelace' } });
    await slice.commit('test', (draft) => void (draft['b'] = { first: 'Alan', last: 'Turing' }));
    const [, migrated] = await store.history({ limit: 10 });
    expect(migrated).toMatchObject({ slice: 'people', reason: 'migrate' });
    await store.close();
    let ran = 0;
    const counted = { ...people3, migrations: { 2: () => ++ran, 3: () => ++ran } } as typeof people3;
    const again = await open(journal);
    expect(again.slice(counted).read()).toEqual({
      a: { first: 'Ada', last: 'Lovelace' },
      b: { first: 'Alan', last: 'Turing' },
    });
    expect(ran).toBe(0);
  });

  test('are durable without a commit, also of several slices at once', async () => {
    const journal = await past();
    const other = (version?: number): SliceDefinition<Record<string, number>> => ({
      name: 'other',
      schema: z.record(z.string(), z.number()),
      initial: {},
      ...(version !== undefined && { version, migrations: { 2: (rows: object) => ({ ...rows, moved: 1 }) } }),
    });
    const before = await open(journal);
    await before.slice(other()).commit('test', (draft) => void (draft['n'] = 1));
    await before.close();
    const store = await open(journal);
    store.slice(people2);
    store.slice(other(2));
    await store.close();
    const again = await open(journal);
    expect(again.slice({ ...people2, migrations: {} }).read()).toEqual({ a: { name: 'Ada Lovelace' } });
    expect(again.slice({ ...other(2), migrations: {} }).read()).toEqual({ n: 1, moved: 1 });
  });

  test('a new slice begins in its own version', async () => {
    const journal = new MemoryJournal();
    const store = await open(journal);
    await store.slice(people3).commit('test', (draft) => void (draft['a'] = { first: 'A', last: 'B' }));
    await store.close();
    expect((await open(journal)).slice({ ...people3, migrations: {} }).read()).toEqual({
      a: { first: 'A', last: 'B' },
    });
  });

  test('an older release refuses what a newer one wrote, and changes nothing', async () => {
    const journal = await past();
    const newer = await open(journal);
    newer.slice(people3);
    await newer.close();
    const older = await open(journal);
    expect(() => older.slice(people2)).toThrow(
      expect.objectContaining({ code: 'state.sliceTooNew', data: { slice: 'people', stored: 3, version: 2 } }),
    );
    await older.close();
    expect((await open(journal)).slice(people3).read()).toEqual({ a: { first: 'Ada', last: 'Lovelace' } });
  });

  test('a step that is missing or fails stops the owner alone, and leaves what was stored', async () => {
    const journal = await past();
    const store = await open(journal);
    expect(() => store.slice({ ...people3, migrations: {} })).toThrow(
      expect.objectContaining({ code: 'state.migrationMissing', data: { slice: 'people', to: 2 } }),
    );
    const broken = {
      2: (rows: Record<string, string>) => {
        delete rows['a'];
        throw new Error('no');
      },
    };
    expect(() => store.slice({ ...people2, migrations: broken })).toThrow(
      expect.objectContaining({ code: 'state.migrationFailed' }),
    );
    expect(() => store.slice(first)).toThrow(expect.objectContaining({ code: 'state.sliceInvalid' }));
    expect(store.slice(people1).read()).toEqual({ a: 'Ada Lovelace' });
  });
});
