import { describe, expect, test } from '@jest/globals';
import { problemsOf } from './validate.ts';

type Row = [kind: string, spec: object, good: unknown[], bad: unknown[]];

const texts = { minLength: 2, maxLength: 5, patterns: [{ regex: '^[a-z]*$', description: 'small letters only' }] };
const values = { values: { a: 'A', b: 'B', c: 'C' } };
const member = { type: 'object', spec: { name: { type: 'text', required: true } }, uniqueBy: 'name' };
const variants = {
  one: { name: 'One', spec: { n: { type: 'number', required: true } } },
  none: { name: 'N', spec: {} },
};

const rows: Row[] = [
  ['text', { ...texts, required: true }, ['ab', 'abcde'], ['a', 'abcdef', 'AB', '', null, undefined, 5, ['ab']]],
  ['text', texts, ['ab', null, undefined], ['a', {}]],
  ['textarea', { ...texts, required: false }, ['abc', null], ['a\nb', 1]],
  ['number', { required: true, min: 1, max: 9, integer: true }, [1, 9], [0, 10, 1.5, '3', null, Number.NaN]],
  ['number', { min: 0.1, step: 0.1 }, [0.1, 0.3, 0.7, null], [0.15, -1]],
  ['color', { required: true }, ['#ff00AA'], ['red', '#fff', null, 5]],
  [
    'datetime',
    { inputmode: 'date', min: '2020-01-01', max: '2020-12-31' },
    ['2020-06-01', null],
    ['2019-12-31', 'x', '2021-01-01'],
  ],
  ['datetime', { inputmode: 'time', required: true }, ['12:30', '12:30:05'], ['noon', null]],
  ['datetime', { inputmode: 'datetime-local' }, ['2020-06-01T12:30', null], ['2020-06-01']],
  ['toggle', {}, [true, false], [null, 'yes', undefined, 1]],
  ['triState', {}, [true, false, null, undefined], ['yes', 0]],
  ['select', { ...values, disabled: ['c'] }, ['a'], ['c', 'd', null, 'toString', ['a']]],
  [
    'multiselect',
    { ...values, minLength: 1, maxLength: 2 },
    [['a'], ['a', 'b']],
    [[], ['a', 'b', 'c'], ['a', 'a'], ['x'], null],
  ],
  ['list', { minLength: 1, spec: { type: 'text', ...texts } }, [['ab']], [[], ['a'], [''], [null], 'ab']],
  ['list', { spec: member }, [[], [{ name: 'x' }, { name: 'y' }]], [[{ name: 'x' }, { name: 'x' }], [{}], ['x'], null]],
  ['object', { spec: { on: { type: 'toggle' } } }, [{ on: true }], [{}, null, { on: 1 }, [true]]],
  [
    'union',
    { variants, disabled: false },
    [
      { selection: 'one', value: { n: 1 } },
      { selection: 'none', value: {} },
    ],
    [{ selection: 'one', value: {} }, { selection: 'two' }, null, 'one'],
  ],
  ['file', { required: true, extensions: ['.pem'] }, [{ path: 'x' }], [null, 5]],
  ['hidden', {}, [null, 'anything', { a: 1 }], []],
  // A kind this server does not know is the script's own business.
  ['hologram', {}, [null, 1], []],
];

describe('what an action is run with fits its form', () => {
  const cases = rows.flatMap(([type, spec, good, bad]) => [
    ...good.map((value) => [type, spec, value, true] as const),
    ...bad.map((value) => [type, spec, value, false] as const),
  ]);
  test.each(cases)('%s %j: %j is %j', (type, spec, value, right) => {
    const found = problemsOf({ it: { type, ...spec } }, value === undefined ? {} : { it: value });
    expect(found.length === 0).toBe(right);
    for (const { path, message } of found) {
      expect(path).toMatch(/^it(\.|$)/);
      expect(message).not.toBe('');
    }
  });

  test('problems name the place, and never the value', () => {
    const form = { users: { type: 'list', spec: { ...member, spec: { key: { type: 'text', maxLength: 3 } } } } };
    const found = problemsOf(form, { users: [{ key: 'abc' }, { key: 'my secret' }] });
    expect(found).toEqual([{ path: 'users.1.key', message: 'must have at most 3 characters' }]);
  });

  test('what is disabled or set once for all may stay as it is, but not change', () => {
    const form = {
      fixed: { type: 'text', immutable: true },
      off: { type: 'text', disabled: 'set by the network' },
      some: { type: 'select', ...values, disabled: ['b'] },
    };
    const before = { fixed: 'x', off: 'y', some: 'b' };
    expect(problemsOf(form, before, before)).toEqual([]);
    expect(problemsOf(form, { ...before, fixed: 'z', off: 'z' }, before).map(({ path }) => path)).toEqual([
      'fixed',
      'off',
    ]);
    expect(problemsOf(form, { fixed: 'first', off: null, some: 'a' }, { fixed: null, off: null, some: 'a' })).toEqual(
      [],
    );
  });

  test('a form or an input made to hurt does not', () => {
    const patterns = [
      { regex: '^(a+)+$', description: 'x' },
      { regex: '(', description: 'y' },
    ];
    const began = performance.now();
    expect(problemsOf({ it: { type: 'text', patterns } }, { it: `${'a'.repeat(40)}!` })).toEqual([]);
    expect(performance.now() - began).toBeLessThan(1000);
    const loop: Record<string, unknown> = { type: 'object' };
    loop['spec'] = { it: loop };
    const deep: Record<string, unknown> = {};
    deep['it'] = deep;
    expect(problemsOf({ it: loop }, deep)).toEqual([{ path: expect.any(String), message: 'is nested too deep' }]);
    expect(problemsOf({ it: { type: 'toggle' } }, JSON.parse('{"__proto__":{"it":true}}'))).toHaveLength(1);
    expect(problemsOf({}, 'text')).toEqual([{ path: '', message: 'must be an object' }]);
    const many = { it: { type: 'list', spec: { type: 'text' } } };
    expect(problemsOf(many, { it: Array.from({ length: 1000 }, () => 5) })).toHaveLength(50);
  });
});
