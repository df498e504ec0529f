import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { locate, validate } from './validate.ts';

const row = z.object({
  name: z.string().max(5),
  note: z.string().optional(),
  size: z.number().default(0),
  tags: z.array(z.string()),
});
const slice = z.object({
  rows: z.record(z.string().regex(/^[a-z]+$/), row),
  either: z.union([z.string(), z.object({ n: z.number() })]).nullable(),
  both: z.object({ low: z.number(), high: z.number() }).refine((both) => both.low <= both.high, 'low above high'),
});
const document = () => ({
  rows: { a: { name: 'x', size: 0, tags: ['t'] } },
  either: { n: 1 },
  both: { low: 1, high: 2 },
});

describe('locate()', () => {
  test.each([
    [['s', 'rows', 'a', 'name'], 4],
    [['s', 'rows', 'a'], 3],
    [['s', 'rows', 'UPPER', 'name'], 2],
    [['s', 'either', 'n'], 2],
    [['s', 'both', 'low'], 2],
    [['s', 'unknown'], 1],
  ])('%j is answered for at depth %i', (path, depth) => {
    expect(locate(slice, path, 1).at).toBe(depth);
  });
});

describe('validate()', () => {
  const attempt = (ops: any[], change: (document: any) => void) => {
    const root: any = document();
    change(root);
    return { ops: validate('s', slice, root, ops), root };
  };

  test('lets good changes pass', () => {
    attempt([[['s', 'rows', 'a', 'name'], 'y']], (root) => (root.rows.a.name = 'y'));
    attempt([[['s', 'rows', 'a']]], (root) => delete root.rows.a);
    attempt([[['s', 'rows', 'a', 'note']]], () => undefined);
    attempt([[['s', 'either', 'n'], 2]], (root) => (root.either.n = 2));
  });

  test('drops keys the schema does not know, in the state and in the operation', () => {
    const added = { name: 'b', size: 1, tags: [], password: 'x' };
    const { ops, root } = attempt([[['s', 'rows', 'b'], added]], (document) => (document.rows.b = added));
    expect(ops).toEqual([[['s', 'rows', 'b'], { name: 'b', size: 1, tags: [] }]]);
    expect(root.rows.b).toEqual({ name: 'b', size: 1, tags: [] });
  });

  test.each<[string, any[], (document: any) => void]>([
    ['a bad leaf', [[['s', 'rows', 'a', 'name'], 'too long']], (root) => (root.rows.a.name = 'too long')],
    ['a bad row', [[['s', 'rows', 'b'], { name: 1 }]], (root) => (root.rows.b = { name: 1 })],
    [
      'a bad key',
      [[['s', 'rows', 'B'], row.parse({ name: 'b', tags: [] })]],
      (root) => (root.rows.B = { name: 'b', size: 0, tags: [] }),
    ],
    ['a hole where a value must be', [[['s', 'rows', 'a', 'name']]], (root) => delete root.rows.a.name],
    ['a hole a default would hide', [[['s', 'rows', 'a', 'size']]], (root) => delete root.rows.a.size],
    ['a broken whole', [[['s', 'both', 'low'], 3]], (root) => (root.both.low = 3)],
    ['a wrong alternative', [[['s', 'either', 'n'], 'x']], (root) => (root.either.n = 'x')],
  ])('refuses %s', (_, ops, change) => {
    expect(() => attempt(ops, change)).toThrow(expect.objectContaining({ code: 'state.invalid' }));
  });
});
