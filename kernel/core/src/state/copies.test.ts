import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Operation } from '@hearth/contract';
import { Copies } from './copies.ts';
import { record, sealOperations } from './recorder.ts';
import { replay } from './replay.ts';

type Tree = Record<string, unknown>;

/** A slice whose objects are large from `large` keys on. */
class SliceUnderTest {
  readonly copies: Copies;
  published: Tree;
  #working: Tree;

  constructor(start: Tree, large: number) {
    this.copies = new Copies(large);
    this.published = Object.freeze(start);
    this.#working = start;
  }

  commit(change: (draft: any) => unknown): readonly Operation[] {
    const { root, ops } = record(this.#working, ['s'], this.copies, change as never);
    sealOperations(ops);
    this.#working = root;
    return ops;
  }

  publish(): void {
    this.copies.publish();
    this.published = this.#working;
  }

  discard(): void {
    this.copies.discard();
    this.#working = this.published;
  }

  read(): Tree {
    this.copies.witness();
    return this.published;
  }
}

const rows = (count: number): Tree => Object.fromEntries(Array.from({ length: count }, (_, at) => [`row-${at}`, at]));

describe('Copies', () => {
  test('what nobody has read is used again, instead of copied', () => {
    const slice = new SliceUnderTest(rows(4), 4);
    const versions = [1, 2, 3, 4, 5].map((turn) => {
      slice.commit((draft) => void (draft[`row-${turn % 4}`] = turn * 100));
      slice.publish();
      return slice.published;
    });
    expect(versions[2]).toBe(versions[0]);
    expect(versions[3]).toBe(versions[1]);
    expect(slice.read()).toEqual({ 'row-0': 400, 'row-1': 500, 'row-2': 200, 'row-3': 300 });
  });

  test('what somebody has read stays as it was, and cannot be changed', () => {
    const slice = new SliceUnderTest(rows(4), 4);
    const seen = [1, 2, 3].map((turn) => {
      slice.commit((draft) => void (draft['row-0'] = turn * 100));
      slice.publish();
      return slice.read();
    });
    expect(seen.map((each) => each['row-0'])).toEqual([100, 200, 300]);
    expect(seen.every((each) => Object.isFrozen(each))).toBe(true);
  });

  test('small objects are frozen as they are published', () => {
    const slice = new SliceUnderTest(rows(3), 4);
    slice.commit((draft) => void (draft['row-0'] = 9));
    slice.publish();
    expect(Object.isFrozen(slice.published)).toBe(true);
  });

  test('whatever is changed, refused, published and read, in any order, readers and journal agree', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.dictionary(key, fc.integer({ min: 0, max: 9 })));
    const step = fc.record({ path: fc.array(key, { minLength: 1, maxLength: 3 }), value: fc.option(value) });
    const commit = fc.record({ steps: fc.array(step, { maxLength: 4 }), fails: fc.boolean() });
    const batch = fc.record({ commits: fc.array(commit, { maxLength: 3 }), lost: fc.boolean(), read: fc.boolean() });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (batches, large) => {
        const slice = new SliceUnderTest({}, large);
        const journal: Operation[] = [];
        const seen: { readonly tree: Tree; readonly text: string }[] = [];
        for (const { commits, lost, read } of batches) {
          const ops: Operation[] = [];
          for (const { steps, fails } of commits) {
            try {
              ops.push(...slice.commit((draft) => change(draft, steps, fails)));
            } catch (error) {
              if (!(error instanceof Refused)) throw error;
            }
          }
          if (lost) slice.discard();
          else {
            slice.publish();
            journal.push(...ops);
          }
          if (read) seen.push({ tree: slice.read(), text: JSON.stringify(slice.read()) });
        }
        const rowsOfJournal = [{ seq: 1, at: 0, slice: 's', reason: '', ops: structuredClone(journal) }];
        const replayed = replay({ slices: new Map([['s', {}]]), seq: 0, rows: rowsOfJournal }).slices.get('s');
        expect(slice.read()).toEqual(replayed);
        // A refused commit may leave a key it took away, and gave back, at the end.
        if (!batches.some(({ commits }) => commits.some(({ fails }) => fails)))
          expect(JSON.stringify(slice.read())).toBe(JSON.stringify(replayed));
        for (const { tree, text } of seen) expect(JSON.stringify(tree)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

class Refused extends Error {}

function change(draft: any, steps: readonly { path: string[]; value: unknown }[], fails: boolean): void {
  for (const { path, value } of steps) {
    let at = draft;
    for (const name of path.slice(0, -1)) {
      const next = Object.hasOwn(at, name) ? at[name] : undefined;
      if (typeof next === 'object' && next !== null) at = next;
    }
    if (value === null) delete at[path.at(-1)!];
    else at[path.at(-1)!] = value;
  }
  if (fails) throw new Refused();
}
