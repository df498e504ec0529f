import { describe, expect, test } from '@jest/globals';
import { type Form, form, formValues, hostsOfForm, partsOfForm } from './form.ts';

const fields: Form = form.parse({
  address: { type: 'text', name: 'Address', required: true, inputmode: 'url' },
  user: { type: 'text', name: 'User', required: false, minLength: 2 },
  password: { type: 'text', name: 'Password', required: false, masked: true },
  port: { type: 'number', name: 'Port', required: false, integer: true, min: 1, max: 10 },
  quick: { type: 'toggle', name: 'Quick', default: true },
  class: { type: 'select', name: 'Class', default: 'cold', values: { cold: 'Cold', hot: 'Hot' } },
});
const read = (given: object) => formValues(fields).safeParse(given);

describe('what was filled in', () => {
  test('is whole: what was left out is null or the default', () => {
    const whole = { user: null, password: null, port: null, quick: true, class: 'cold' };
    expect(read({ address: 'https://a.example/x' }).data).toEqual({ address: 'https://a.example/x', ...whole });
    expect(read({ address: 'http://[fd00::1]:8080', user: '', port: null }).data).toMatchObject({ user: null });
    expect(read({ address: 'http://a', user: 'anna', port: 7, quick: false, class: 'hot' }).data).toMatchObject({
      ...{ user: 'anna', port: 7, quick: false, class: 'hot' },
    });
  });

  test.each([
    {},
    { address: '' },
    { address: 'a.example' },
    { address: 'ftp://a.example' },
    { address: 'https://me:secret@a.example' },
    { address: 'https://a.example', more: 1 },
    { address: 'https://a.example', user: 'a' },
    { address: 'https://a.example', user: 'two\nlines' },
    { address: 'https://a.example', port: 1.5 },
    { address: 'https://a.example', port: 11 },
    { address: 'https://a.example', quick: 'yes' },
    { address: 'https://a.example', class: 'constructor' },
    { address: 'x'.repeat(1001) },
    JSON.parse('{"address": "https://a.example", "__proto__": 1}'),
  ])('%j is refused', (given) => expect(read(given).success).toBe(false));

  test('is parted into what may be seen and what may not; an unknown field may not', () => {
    const values = { address: 'https://a.example', password: 'p', unknown: 'u' };
    expect(partsOfForm(fields, values)).toEqual({
      open: { address: 'https://a.example' },
      secret: { password: 'p', unknown: 'u' },
    });
  });

  test('names the hosts of its addresses, and nothing that only looks like one', () => {
    const hosts = (address: string) => hostsOfForm(fields, { address, user: 'https://b.example', password: null });
    expect(hosts('https://A.example:443/x')).toEqual(['a.example']);
    expect(hosts('http://10.0.0.7:81')).toEqual(['10.0.0.7:81']);
    expect(hosts('nonsense')).toEqual([]);
  });
});

test.each([
  { a: { type: 'text', name: 'A', required: true, patterns: [] } },
  { a: { type: 'select', name: 'A', default: 'x', values: { y: 'Y' } } },
  { a: { type: 'file', name: 'A' } },
  { constructor: { type: 'toggle', name: 'A' } },
  { 'a b': { type: 'toggle', name: 'A' } },
  Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`a${at}`, { type: 'toggle', name: 'A' }])),
])('a form cannot be %j', (given) => expect(form.safeParse(given).success).toBe(false));
