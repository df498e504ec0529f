import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SliceDefinition } from '@hearth/contract';
import { z } from 'zod';
import { createLog } from '../log.ts';
import { LevelJournal } from '../state/level-journal.ts';
import { openStore } from '../state/store.ts';
import { journalFolder, recover, wishFor } from './recover.ts';
import { Snapshots } from './snapshots.ts';

const log = createLog('silent');
type Rows = Record<string, number>;
const define = (name: string, more: Partial<SliceDefinition<Rows>> = {}): SliceDefinition<Rows> => ({
  name,
  schema: z.record(z.string(), z.number()),
  initial: {},
  ...more,
});

describe('recovery of the state', () => {
  let folder: string;
  let snapshots: Snapshots;
  let time = Date.UTC(2026, 10, 23, 7, 15);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearth-recovery-'));
    await mkdir(join(folder, 'snapshots'));
    snapshots = new Snapshots(join(folder, 'snapshots'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const places = () => ({ folder, snapshots, version: '1.0.0', log, now: () => (time += 1000) });
  const open = () => openStore(new LevelJournal(journalFolder(folder)), { log });
  const write = async (...values: [slice: string, key: string, value: number][]) => {
    const store = await open();
    const slices = new Map<string, ReturnType<typeof store.slice<Rows>>>();
    for (const [name, key, value] of values) {
      const slice = slices.get(name) ?? store.slice(define(name, name === 'secret' ? { private: true } : {}));
      slices.set(name, slice);
      await slice.commit('test', (draft) => void (draft[key] = value));
    }
    await store.close();
  };
  const read = async (name: string): Promise<Rows> => {
    const store = await open();
    const value = store.slice(define(name)).read();
    await store.close();
    return value;
  };
  const take = async (): Promise<string> => {
    const store = await open();
    const name = await snapshots.take('asked', { at: (time += 1000), version: '1.0.0', ...store.whole() });
    await store.close();
    return name;
  };

  test('goes back to a snapshot: what was changed, added and removed since, private parts too; the history goes on', async () => {
    await write(['rows', 'a', 1], ['secret', 'key', 7]);
    const name = await take();
    await write(['rows', 'a', 2], ['rows', 'b', 3], ['secret', 'key', 8], ['new', 'x', 1]);
    await wishFor(folder, { do: 'restore', snapshot: name, by: 'root' });
    await recover(places());
    expect([await read('rows'), await read('secret'), await read('new')]).toEqual([{ a: 1 }, { key: 7 }, {}]);
    const store = await open();
    expect((await store.history({ limit: 1 }))[0]).toMatchObject({ reason: 'db.restore', by: 'root' });
    await store.close();
    // There is a way back from going back.
    const [latest] = await snapshots.list();
    expect(latest).toMatchObject({ occasion: 'restore' });
    await wishFor(folder, { do: 'restore', snapshot: latest!.name, by: 'root' });
    await recover(places());
    expect([await read('rows'), await read('new')]).toEqual([{ a: 2, b: 3 }, { x: 1 }]);
  });

  test('goes back where the journal cannot be read at all, and keeps that one aside', async () => {
    await write(['rows', 'a', 1]);
    const name = await take();
    await write(['rows', 'a', 2]);
    await writeFile(join(journalFolder(folder), 'CURRENT'), 'nonsense');
    await expect(open()).rejects.toMatchObject({ code: 'state.journalDamaged' });
    await wishFor(folder, { do: 'restore', snapshot: name, by: 'root' });
    await recover(places());
    expect(await read('rows')).toEqual({ a: 1 });
    expect((await readdir(folder)).filter((each) => each.startsWith('journal.damaged-'))).toHaveLength(1);
    await write(['rows', 'b', 2]);
    expect(await read('rows')).toEqual({ a: 1, b: 2 });
  });

  test('a snapshot that is damaged, gone or no name at all changes nothing', async () => {
    await write(['rows', 'a', 1]);
    const name = await take();
    const path = join(folder, 'snapshots', `${name}.state`);
    const bytes = await readFile(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(snapshots.read(name)).rejects.toMatchObject({ code: 'recovery.snapshotDamaged' });
    await expect(snapshots.read('20200101T000000Z-asked')).rejects.toMatchObject({ code: 'recovery.noSnapshot' });
    await expect(snapshots.read('../../etc/passwd')).rejects.toMatchObject({ code: 'recovery.noSnapshot' });
    await wishFor(folder, { do: 'restore', snapshot: name, by: 'root' });
    await recover(places());
    expect(await read('rows')).toEqual({ a: 1 });
    expect(await readdir(folder)).not.toContain('recovery.json');
  });

  test('keeps the latest snapshots, for Hearth alone', async () => {
    await write(['rows', 'a', 1]);
    const names: string[] = [];
    for (let turn = 0; turn < 16; turn++) names.push(await take());
    const list = await snapshots.list();
    expect(list.map(({ name }) => name)).toEqual(names.slice(2).toReversed());
    expect(list[0]).toMatchObject({ occasion: 'asked', at: Math.floor(time / 1000) * 1000 });
  });

  const repair = async (): Promise<void> => {
    await wishFor(folder, { do: 'repair', by: 'root' });
    await recover(places());
  };

  test('repairs a journal with a row missing: what came before it stays', async () => {
    const journal = new LevelJournal(journalFolder(folder));
    await journal.open();
    const whole = { seq: 1, at: 0, slice: 'rows', reason: 't', ops: [[['rows'], {}]] } as const;
    await journal.append([whole]);
    for (const seq of [2, 3, 4, 6, 7]) await journal.append([{ ...whole, seq, ops: [[['rows', `k${seq}`], seq]] }]);
    await journal.close();
    await expect(open()).rejects.toMatchObject({ code: 'state.journalGap' });
    await repair();
    expect(await read('rows')).toEqual({ k2: 2, k3: 3, k4: 4 });
    await write(['rows', 'new', 1]);
    expect(await read('rows')).toMatchObject({ k4: 4, new: 1 });
  });

  test('repairs a journal whose log is damaged in its middle, and one that lacks its first file', async () => {
    await write(['rows', 'a', 1]);
    const journal = new LevelJournal(journalFolder(folder));
    const { seq } = await journal.open();
    for (let n = 1; n <= 9; n++)
      await journal.append([{ seq: seq + n, at: 0, slice: 'rows', reason: 't', ops: [[['rows', `k${n}`], n]] }]);
    await journal.close();
    const log = (await readdir(journalFolder(folder))).find((each) => each.endsWith('.log'))!;
    const path = join(journalFolder(folder), log);
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 4;
    await writeFile(path, bytes);
    await expect(open()).rejects.toMatchObject({ code: 'state.journalDamaged' });
    await repair();
    const rows = await read('rows');
    expect(rows).toMatchObject({ a: 1, k1: 1 });
    expect(Object.keys(rows).length).toBeLessThan(10);
    for (let turn = 0; turn < 2; turn++) await write(['rows', 'again', turn]);
    await rm(join(journalFolder(folder), 'CURRENT'));
    await expect(open()).rejects.toMatchObject({ code: 'state.journalDamaged' });
    await repair();
    expect(await read('rows')).toMatchObject({ a: 1, k1: 1, again: 1 });
  });
});
