import { describe, expect, test } from '@jest/globals';
import { schemaOf, shape, type Shape, shapeDepth } from './shape.ts';

const fits = (described: Shape, value: unknown): boolean => schemaOf(shape.parse(described)).safeParse(value).success;

describe('a shape', () => {
  test.each<[string, Shape, unknown[], unknown[]]>([
    ['text', { type: 'text', longest: 3 }, ['', 'abc'], ['abcd', 7, null, undefined]],
    ['text without a length', { type: 'text' }, ['x'.repeat(2000)], ['x'.repeat(2001)]],
    ['one of several', { type: 'text', oneOf: ['a', 'b'] }, ['a'], ['c', '', null]],
    ['number', { type: 'number', least: 0, most: 9 }, [0, 9, 4.5], [-1, 10, Number.NaN, '4', Number.POSITIVE_INFINITY]],
    ['whole number', { type: 'number', whole: true }, [4], [4.5]],
    ['boolean', { type: 'boolean' }, [true], ['true', 1, null]],
    ['nullable', { type: 'text', nullable: true }, [null, 'a'], [undefined, 7]],
    ['list', { type: 'list', of: { type: 'boolean' }, longest: 2 }, [[], [true, false]], [[1], [true, true, true], {}]],
    [
      'map',
      { type: 'map', of: { type: 'number' }, longest: 1 },
      [{}, { 'a.b': 1 }],
      [{ a: 'x' }, { a: 1, b: 2 }, { '': 1 }, { constructor: 1 }, []],
    ],
    [
      'object',
      { type: 'object', keys: { a: { type: 'text' }, b: { type: 'text', optional: true } } },
      [{ a: '' }, { a: '', b: '' }],
      [{}, { a: '', c: '' }, { a: '', b: null }, null, []],
    ],
  ])('%s', (_, described, good, bad) => {
    expect(good.filter((value) => !fits(described, value))).toEqual([]);
    expect(bad.filter((value) => fits(described, value))).toEqual([]);
  });

  test('lets no key through that reaches a prototype', () => {
    const map = schemaOf({ type: 'map', of: { type: 'text' } });
    const made = map.parse(JSON.parse('{"__proto__": "x", "a": "y"}')) as object;
    expect(Object.keys(made)).toEqual(['a']);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    const described = shape.parse(JSON.parse('{"type":"object","keys":{"__proto__":{"type":"text"}}}'));
    expect(described).toEqual({ type: 'object', keys: {} });
  });

  test.each<[string, unknown]>([
    ['a pattern', { type: 'text', pattern: '(a+)+$' }],
    ['a reference', { $ref: '#' }],
    ['a text without end', { type: 'text', longest: 1_000_000 }],
    ['no choice at all', { type: 'text', oneOf: [] }],
    ['another kind', { type: 'function' }],
    [
      'a hundred and one keys',
      {
        type: 'object',
        keys: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`k${at}`, { type: 'boolean' }])),
      },
    ],
  ])('cannot be %s', (_, described) => expect(shape.safeParse(described).success).toBe(false));

  test('goes so deep and no deeper', () => {
    const nested = (depth: number): unknown =>
      depth === 0 ? { type: 'text' } : { type: 'list', of: nested(depth - 1) };
    expect(shape.safeParse(nested(shapeDepth)).success).toBe(true);
    expect(shape.safeParse(nested(shapeDepth + 1)).success).toBe(false);
  });
});
