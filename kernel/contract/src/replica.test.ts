import { describe, expect, test } from '@jest/globals';
import { applyOperations, Replica } from './replica.ts';
import type { Frame, Operation } from './state.ts';

const snapshot = (rev: number, value: Record<string, unknown>, epoch = 'e'): Frame => ({
  type: 'snapshot',
  epoch,
  rev,
  value,
});
const patch = (from: number, rev: number, ops: Operation[], epoch = 'e'): Frame => ({
  type: 'patch',
  epoch,
  from,
  rev,
  ops,
});

describe('Replica', () => {
  test('applies what follows, ignores what is past, asks anew after a gap', () => {
    const replica = new Replica();
    expect(replica.apply(patch(1, 2, []))).toBe('resync');
    expect(replica.resume).toBeUndefined();
    expect(replica.apply(snapshot(5, { a: { n: 1 } }))).toBe('applied');
    expect(replica.apply(patch(5, 7, [[['a', 'n'], 2]]))).toBe('applied');
    expect(replica.apply(patch(5, 7, [[['a', 'n'], 3]]))).toBe('ignored');
    expect(replica.apply(patch(8, 9, [[['a', 'n'], 4]]))).toBe('resync');
    expect(replica.apply(patch(7, 8, [], 'other'))).toBe('resync');
    expect(replica.apply({ type: 'refused', code: 'x', message: 'y' })).toBe('refused');
    expect(replica.state).toEqual({ epoch: 'e', rev: 7, value: { a: { n: 2 } } });
    expect(replica.resume).toEqual({ epoch: 'e', rev: 7 });
  });

  test('a patch that does not fit changes nothing', () => {
    const replica = new Replica();
    replica.apply(snapshot(1, { a: {} }));
    expect(
      replica.apply(
        patch(1, 2, [
          [['a', 'x'], 1],
          [['nothing', 'x', 'y'], 1],
        ]),
      ),
    ).toBe('resync');
    expect(replica.state?.value).toEqual({ a: {} });
  });

  test('tells watchers, and whoever waits for a revision', async () => {
    const replica = new Replica();
    const seen: number[] = [];
    const off = replica.watch(({ rev }) => seen.push(rev));
    const reached = replica.reached(3);
    replica.apply(snapshot(2, {}));
    replica.apply(patch(2, 3, []));
    await reached;
    await replica.reached(1);
    off();
    replica.apply(patch(3, 4, []));
    expect(seen).toEqual([2, 3]);
    await replica.reached(99, 5);
  });
});

describe('applyOperations()', () => {
  test('shares what is not touched and leaves the old document alone', () => {
    const before = { a: { x: 1 }, b: { list: [1] } };
    const after = applyOperations(before, [[['a', 'x'], 2], [['a', 'y'], 3], [['a', 'y']]]);
    expect(after).toEqual({ a: { x: 2 }, b: { list: [1] } });
    expect(after['b']).toBe(before.b);
    expect(before.a).toEqual({ x: 1 });
  });

  test.each<[string, Operation]>([
    ['a prototype', [['__proto__', 'polluted'], true]],
    ['a constructor', [['a', 'constructor', 'prototype', 'polluted'], true]],
    ['nothing', [[], 1]],
    ['a leaf', [['a', 'x', 'deeper'], 1]],
  ])('refuses a path through %s', (_, op) => {
    expect(() => applyOperations({ a: { x: 1 } }, [op])).toThrow(RangeError);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
