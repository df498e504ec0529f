/** What every journal does, whatever it is written on. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Journal, JournalContent, JournalRow } from '../../kernel/core/src/state/journal.ts';

export interface JournalBed {
  /** Another object on the same store, as after a restart. */
  journal(): Journal;
  remove(): Promise<void>;
}

const row = (seq: number, more: Partial<JournalRow> = {}): JournalRow => ({
  seq,
  at: 1_700_000_000_000 + seq,
  slice: 'rows',
  reason: `reason ${seq}`,
  ops: [[['rows', `r${seq}`], { n: seq, list: [1, 'two', null, true], text: 'ä\u0000"\u2028' }], [['rows', 'gone']]],
  ...more,
});
const rows = (from: number, to: number): JournalRow[] =>
  Array.from({ length: to - from + 1 }, (_, at) => row(from + at));

export function journalSuite(name: string, makeBed: () => Promise<JournalBed>): void {
  describe(`${name} is a journal`, () => {
    const withBed = async (work: (bed: JournalBed) => Promise<void>): Promise<void> => {
      const bed = await makeBed();
      try {
        await work(bed);
      } finally {
        await bed.remove();
      }
    };
    const reopened = async (bed: JournalBed): Promise<JournalContent> => {
      const journal = bed.journal();
      const content = await journal.open();
      await journal.close();
      return content;
    };

    test('a new one is empty, also when opened again', () =>
      withBed(async (bed) => {
        for (const content of [await reopened(bed), await reopened(bed)])
          expect([content.seq, content.rows, [...content.slices]]).toEqual([0, [], []]);
      }));

    test('reads back what was appended, in order and exactly', () =>
      withBed(async (bed) => {
        const journal = bed.journal();
        await journal.open();
        await journal.append(rows(1, 3));
        await journal.append(rows(4, 120));
        await journal.close();
        expect((await reopened(bed)).rows).toEqual(rows(1, 120));
      }));

    test('shares nothing with the rows it was given', () =>
      withBed(async (bed) => {
        const journal = bed.journal();
        await journal.open();
        const given = { n: 1 };
        await journal.append([row(1, { ops: [[['rows', 'a'], given]] })]);
        given.n = 2;
        await journal.close();
        expect((await reopened(bed)).rows[0]?.ops).toEqual([[['rows', 'a'], { n: 1 }]]);
      }));

    test('begins at the snapshot after compaction, and keeps slices it was not told about', () =>
      withBed(async (bed) => {
        const journal = bed.journal();
        await journal.open();
        await journal.append(rows(1, 10));
        await journal.compact(
          new Map([
            ['one', { a: 1 }],
            ['two', { b: 2 }],
          ]),
          6,
          100,
        );
        await journal.append(rows(11, 12));
        await journal.compact(new Map([['one', { a: 3 }]]), 8, 100);
        await journal.close();
        const content = await reopened(bed);
        expect(content.seq).toBe(8);
        expect(Object.fromEntries(content.slices)).toEqual({ one: { a: 3 }, two: { b: 2 } });
        expect(content.rows).toEqual(rows(9, 12));
      }));

    test('keeps the last rows as history, the latest first', () =>
      withBed(async (bed) => {
        const journal = bed.journal();
        await journal.open();
        await journal.append(rows(1, 30));
        await journal.compact(new Map([['rows', {}]]), 30, 12);
        expect(await journal.history({ limit: 3 })).toEqual([row(30), row(29), row(28)]);
        expect(await journal.history({ limit: 100 })).toHaveLength(12);
        expect(await journal.history({ before: 21, limit: 100 })).toEqual([row(20), row(19)]);
        expect(await journal.history({ before: 1, limit: 100 })).toEqual([]);
        await journal.close();
        const content = await reopened(bed);
        expect([content.seq, content.rows]).toEqual([30, []]);
      }));

    test('a large row and a large batch come back whole', () =>
      withBed(async (bed) => {
        const big = row(1, { ops: [[['rows', 'big'], 'x'.repeat(3_000_000)]] });
        const journal = bed.journal();
        await journal.open();
        await journal.append([big]);
        await journal.append(rows(2, 4096));
        await journal.close();
        const content = await reopened(bed);
        expect(content.rows[0]).toEqual(big);
        expect(content.rows).toHaveLength(4096);
      }));

    test('closes twice without complaint', () =>
      withBed(async (bed) => {
        const journal = bed.journal();
        await journal.open();
        await Promise.all([journal.close(), journal.close()]);
      }));

    test('any mix of appends, compactions and restarts gives the rows since the last snapshot', async () => {
      const step = fc.oneof(
        fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 20 }) }),
        fc.record({ kind: fc.constant('compact' as const), keep: fc.integer({ min: 0, max: 15 }) }),
        fc.record({ kind: fc.constant('restart' as const) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
          withBed(async (bed) => {
            let journal = bed.journal();
            await journal.open();
            let [last, base] = [0, 0];
            for (const each of steps) {
              if (each.kind === 'append') {
                await journal.append(rows(last + 1, last + each.count));
                last += each.count;
              } else if (each.kind === 'compact') {
                await journal.compact(new Map([['rows', { last }]]), last, each.keep);
                base = last;
              } else {
                await journal.close();
                journal = bed.journal();
                await journal.open();
              }
            }
            await journal.close();
            const content = await reopened(bed);
            expect([content.seq, content.rows]).toEqual([base, rows(base + 1, last)]);
          }),
        ),
        { numRuns: 15, seed: 4 },
      );
    });
  });
}
