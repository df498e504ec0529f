import { expect, test } from '@jest/globals';
import type { InputSpec } from './action.ts';
import { differences } from './differences.ts';
import { withFilesSent } from './files.ts';

const spec: InputSpec = {
  mode: { type: 'select', name: 'Mode', values: { a: 'Alone', b: 'Both' } },
  secret: { type: 'text', name: 'Secret', required: true, masked: true },
  net: {
    type: 'object',
    name: 'Network',
    spec: { port: { type: 'number', name: 'Port', required: true }, on: { type: 'toggle', name: 'On' } },
  },
  pick: { type: 'union', name: 'Pick', variants: { x: { name: 'X', spec: {} }, y: { name: 'Y', spec: {} } } },
  list: { type: 'list', name: 'List', spec: { type: 'text' } },
  kept: { type: 'hidden', name: 'Kept' },
};

test('differences are told by name, as the owner sees the values, and without secrets', () => {
  const before = { mode: 'a', secret: 'old', net: { port: 1, on: true }, pick: { selection: 'x', value: {} }, kept: 1 };
  const after = {
    ...{ mode: 'b', secret: 'new', net: { port: 2, on: true }, pick: { selection: 'y', value: {} } },
    ...{ list: ['one', 'two'], kept: 2 },
  };
  expect(differences(spec, before, after)).toEqual([
    { name: 'Mode', before: 'Alone', after: 'Both' },
    { name: 'Secret', before: '••••••••', after: '••••••••' },
    { name: 'Network, Port', before: '1', after: '2' },
    { name: 'Pick', before: 'X', after: 'Y' },
    { name: 'List', before: null, after: 'one, two' },
  ]);
  expect(differences(spec, before, before)).toEqual([]);
  expect(differences(spec, null, null)).toEqual([]);
});

test('files are sent in turn, wherever they stand, and named by what came of it', async () => {
  const names: string[] = [];
  const send = (file: File) => Promise.resolve(`id-${names.push(file.name)}`);
  const value = { a: new File(['x'], 'a.txt'), deep: [{ b: new File(['y'], 'b.txt') }], c: 'text', d: null };
  expect(await withFilesSent(value, send)).toEqual({
    a: { upload: 'id-1', name: 'a.txt' },
    deep: [{ b: { upload: 'id-2', name: 'b.txt' } }],
    c: 'text',
    d: null,
  });
  expect(names).toEqual(['a.txt', 'b.txt']);
});
