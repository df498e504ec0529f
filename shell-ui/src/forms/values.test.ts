import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InputSpec } from './action.ts';
import { formErrors, randomText, startValue } from './values.ts';

const spec: InputSpec = {
  name: {
    type: 'text',
    name: 'Name',
    required: true,
    maxLength: 5,
    patterns: [{ regex: '^[a-z]+$', description: 'az' }],
  },
  note: { type: 'textarea', name: 'Note', required: false },
  count: { type: 'number', name: 'Count', required: true, integer: true, min: 1, max: 9, default: 3 },
  on: { type: 'toggle', name: 'On', default: true },
  kind: { type: 'select', name: 'Kind', default: 'a', values: { a: 'A', b: 'B' } },
  many: { type: 'multiselect', name: 'Many', default: [], minLength: 1, values: { x: 'X', y: 'Y' } },
  inner: { type: 'object', name: 'Inner', spec: { deep: { type: 'text', name: 'Deep', required: true } } },
  pick: {
    type: 'union',
    name: 'Pick',
    default: 'none',
    variants: {
      none: { name: 'None', spec: {} },
      some: { name: 'Some', spec: { secret: { type: 'text', name: 'Secret', required: true, minLength: 4 } } },
    },
  },
  list: { type: 'list', name: 'List', default: ['one'], maxLength: 2, spec: { type: 'text' } },
  maybe: { type: 'triState', name: 'Maybe' },
  hue: { type: 'color', name: 'Hue', required: false },
  day: { type: 'datetime', name: 'Day', required: false, inputmode: 'date', min: '2026-01-01', max: '2026-12-31' },
  third: { type: 'number', name: 'Third', required: false, min: 1, step: 3 },
  song: { type: 'file', name: 'Song', required: false, extensions: ['.mp3'] },
  kept: { type: 'hidden', name: 'Kept' },
};

describe('the value a form starts with', () => {
  test('is the defaults where the package has none', () => {
    expect(startValue(spec, null)).toEqual({
      name: null,
      note: null,
      count: 3,
      on: true,
      kind: 'a',
      many: [],
      inner: { deep: null },
      pick: { selection: 'none', value: {} },
      list: ['one'],
      maybe: null,
      hue: null,
      day: null,
      third: null,
    });
  });

  test('keeps what the package has, also what is not shown', () => {
    const value = { name: 'x', kept: 7, pick: { selection: 'some', value: { secret: 'abcd' } }, on: false };
    expect(startValue(spec, value)).toMatchObject(value);
  });
});

describe('what is wrong with a form', () => {
  const good = {
    ...startValue(spec, null),
    name: 'abc',
    many: ['x'],
    inner: { deep: 'd' },
  };

  test('is nothing when it may be sent', () => {
    expect(formErrors(spec, good)).toEqual({});
  });

  test.each([
    ['name', '', 'This is needed.'],
    ['name', 'abcdef', 'Use at most 5 characters.'],
    ['name', 'A', 'az'],
    ['count', null, 'Enter a number.'],
    ['count', 1.5, 'Enter a whole number.'],
    ['count', 0, 'Enter 1 or more.'],
    ['count', 10, 'Enter 9 or less.'],
    ['kind', 'c', 'Choose one.'],
    ['many', [], 'Choose or add at least 1.'],
    ['list', ['a', 'b', 'c'], 'Choose or add at most 2.'],
    ['hue', 'red', 'Write a colour as #1a2b3c.'],
    ['day', '2025-12-31', 'Not before 2026-01-01.'],
    ['day', '2027-01-01', 'Not after 2026-12-31.'],
    ['third', 3, 'Go up in steps of 3.'],
  ])('names %s = %j', (key, value, words) => {
    expect(formErrors(spec, { ...good, [key]: value })).toEqual({ [key]: words });
  });

  test('is told by the path of the field', () => {
    expect(formErrors(spec, { ...good, inner: {} })).toEqual({ 'inner.deep': 'This is needed.' });
    expect(formErrors(spec, { ...good, pick: { selection: 'some', value: { secret: 'abc' } } })).toEqual({
      'pick.value.secret': 'Use at least 4 characters.',
    });
    expect(formErrors(spec, { ...good, list: ['a', ''] })).toEqual({ 'list.1': 'This is needed.' });
  });

  test('never is a pattern this browser cannot read', () => {
    const odd: InputSpec = {
      a: { type: 'text', name: 'A', required: true, patterns: [{ regex: '(', description: 'x' }] },
    };
    expect(formErrors(odd, { a: 'x' })).toEqual({});
  });

  test('does not mind any value at all', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(spec)), fc.jsonValue()), (value) => {
        for (const words of Object.values(formErrors(spec, value))) expect(words).not.toBe('');
        startValue(spec, value);
      }),
      { numRuns: 200 },
    );
  });
});

test('a random text has the length and the letters asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), (len) => {
      expect(randomText({ charset: 'a-c,X', len })).toMatch(new RegExp(`^[abcX]{${len}}$`));
    }),
    { numRuns: 50 },
  );
  expect(randomText({ charset: '', len: 5 })).toBe('');
});
