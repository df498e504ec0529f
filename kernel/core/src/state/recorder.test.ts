import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyOperations } from '@hearth/contract';
import { Copies } from './copies.ts';
import { freezePlain } from './plain.ts';
import { record, sealOperations } from './recorder.ts';

type Tree = Record<string, unknown>;
const run = (root: Tree, change: (draft: any) => unknown) => {
  const before = freezePlain(structuredClone(root));
  const recording = record(before, ['s'], new Copies(), change as never);
  const replayed = applyOperations({ s: before }, recording.ops)['s'];
  return { ...recording, before, replayed };
};

describe('record()', () => {
  test('says what was changed, and only that', () => {
    const { ops, root, before } = run({ a: { b: 1, c: 2 }, d: { e: 3 } }, (draft) => {
      draft.a.b = 5;
      draft.a.c = 2;
      delete draft.d.e;
    });
    expect(ops).toEqual([[['s', 'a', 'b'], 5], [['s', 'd', 'e']]]);
    expect(root).toEqual({ a: { b: 5, c: 2 }, d: {} });
    expect(before).toEqual({ a: { b: 1, c: 2 }, d: { e: 3 } });
  });

  test('shares what was not touched', () => {
    const { root, before } = run({ a: { x: 1 }, b: { y: 1 } }, (draft) => void (draft.a.x = 2));
    expect(root['b']).toBe(before['b']);
  });

  test('says nothing when nothing changes', () => {
    expect(run({ a: { b: [1, { c: 2 }] } }, (draft) => void (draft.a = { b: [1, { c: 2 }] })).ops).toEqual([]);
    expect(run({ a: [1, 2] }, (draft) => void draft.a.includes(2)).ops).toEqual([]);
    expect(run({}, (draft) => delete draft.a).ops).toEqual([]);
  });

  test('covers later changes inside a value it has set', () => {
    const { ops, root } = run({}, (draft) => {
      draft.row = { inner: { list: [1] } };
      draft.row.inner.list.push(2);
      draft.row.inner.more = true;
      delete draft.row.inner.more;
    });
    expect(ops).toEqual([[['s', 'row'], { inner: { list: [1, 2] } }]]);
    expect(root).toEqual({ row: { inner: { list: [1, 2] } } });
  });

  test('sets arrays as a whole', () => {
    const { ops } = run({ a: { list: [{ n: 1 }, { n: 2 }] } }, (draft) => {
      draft.a.list[1].n = 3;
      draft.a.list.unshift({ n: 0 });
    });
    expect(ops).toEqual([
      [
        ['s', 'a', 'list'],
        [{ n: 0 }, { n: 1 }, { n: 3 }],
      ],
    ]);
  });

  test('keeps a change to an array that is then set to its old value', () => {
    const { root } = run({ list: [1] }, (draft) => {
      draft.list.push(2);
      draft.list = [1];
    });
    expect(root).toEqual({ list: [1] });
  });

  test('copies on assignment: two places never share', () => {
    const { root } = run({ a: { n: 1 } }, (draft) => {
      draft.b = draft.a;
      draft.b.n = 2;
    });
    expect(root).toEqual({ a: { n: 1 }, b: { n: 2 } });
  });

  test('behaves as an object under the usual idioms', () => {
    run({ a: { x: 1, y: 2 } }, (draft) => {
      expect('x' in draft.a).toBe(true);
      expect('z' in draft.a).toBe(false);
      expect(Object.keys(draft.a)).toEqual(['x', 'y']);
      expect(Object.entries(draft.a)).toEqual([
        ['x', 1],
        ['y', 2],
      ]);
      expect({ ...draft.a }).toEqual({ x: 1, y: 2 });
      expect(JSON.stringify(draft)).toBe('{"a":{"x":1,"y":2}}');
      Object.assign(draft.a, { x: 5 });
      expect(draft.a.x).toBe(5);
    });
  });

  test.each<[string, (draft: any) => unknown]>([
    ['state.forbiddenKey', (draft) => (draft['__proto__'] = {})],
    ['state.forbiddenKey', (draft) => (draft.a = JSON.parse('{"__proto__": 1}'))],
    ['state.forbiddenKey', (draft) => (draft.a = { constructor: 1 })],
    ['state.notPlain', (draft) => (draft.a = () => 1)],
    ['state.notPlain', (draft) => (draft.a = new Date())],
    ['state.notPlain', (draft) => (draft.a = Number.NaN)],
    ['state.notPlain', (draft) => (draft.a = 1n)],
    ['state.notPlain', (draft) => void draft.list.push(undefined)],
    ['state.notPlain', (draft) => (draft[Symbol.iterator] = 1)],
    ['state.draftAsync', async (draft) => (draft.a = 1)],
    [
      'state.draftDetached',
      (draft) => {
        const { row } = draft;
        delete draft.row;
        row.n = 2;
      },
    ],
    [
      'state.tooDeep',
      (draft) => {
        let deep: unknown = 1;
        for (let i = 0; i < 70; i++) deep = { deep };
        draft.a = deep;
      },
    ],
  ])('refuses with %s and takes everything back', (code, change) => {
    const copies = new Copies();
    const root = { row: { n: 1 }, list: [1] };
    const first = record(freezePlain(root), ['s'], copies, ((draft: any) => void (draft.row.n = 1.5)) as never);
    sealOperations(first.ops);
    const broken = () =>
      record(first.root, ['s'], copies, ((draft: any) => {
        draft.row.n = 9;
        draft.other = 1;
        return change(draft);
      }) as never);
    expect(broken).toThrow(expect.objectContaining({ code }));
    expect(first.root).toEqual({ row: { n: 1.5 }, list: [1] });
    expect(root).toEqual({ row: { n: 1 }, list: [1] });
  });

  test('closes the draft with the commit', () => {
    let kept: any;
    run({ a: { n: 1 } }, (draft) => void (kept = draft.a));
    expect(() => kept.n).toThrow(expect.objectContaining({ code: 'state.draftClosed' }));
    expect(() => (kept.n = 2)).toThrow(expect.objectContaining({ code: 'state.draftClosed' }));
  });

  test('any change, replayed from its operations, gives the same document; earlier commits stay as they were', () => {
    const key = fc.constantFrom('a', 'b', 'c.d', 'e[0]');
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    const value = fc.oneof(
      leaf,
      fc.dictionary(key, leaf),
      fc.array(leaf),
      fc.dictionary(key, fc.dictionary(key, leaf)),
    );
    const step = fc.record({
      path: fc.array(key, { minLength: 1, maxLength: 4 }),
      value: fc.option(value, { nil: undefined }),
      push: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.dictionary(key, value),
        fc.array(fc.array(step), { minLength: 1, maxLength: 4 }),
        (start, commits) => {
          const copies = new Copies();
          let root = freezePlain(structuredClone(start)) as Tree;
          let replica: Readonly<Tree> = { s: structuredClone(start) };
          const all: unknown[] = [];
          const frozen: string[] = [];
          for (const steps of commits) {
            const { ops, root: next } = record(root, ['s'], copies, ((draft: any) => {
              for (const each of steps) {
                let at = draft;
                for (const name of each.path.slice(0, -1)) {
                  const next = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? at[name] : undefined;
                  if (typeof next === 'object' && next !== null) at = next;
                }
                if (Array.isArray(at)) at.push(each.push);
                else if (each.value === undefined) delete at[each.path.at(-1)!];
                else at[each.path.at(-1)!] = each.value;
              }
            }) as never);
            sealOperations(ops);
            root = next;
            all.push(ops);
            frozen.push(JSON.stringify(ops));
            replica = applyOperations(replica, structuredClone(ops));
            expect(replica['s']).toEqual(root);
          }
          // Operations are history: later commits of the batch must not have reached into them.
          expect(all.map((ops) => JSON.stringify(ops))).toEqual(frozen);
        },
      ),
      { numRuns: 500 },
    );
  });
});
