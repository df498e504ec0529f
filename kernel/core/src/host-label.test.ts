import { expect, test } from '@jest/globals';
import { serverSlice } from '@hearth/contract';
import fc from 'fast-check';
import { hostLabel } from './host-label.ts';

test.each([
  ['Family Server', 'family-server'],
  ["Mäxchen's Büro", 'maxchens-buro'],
  ['  --  ', 'hearth'],
  ['家', 'hearth'],
  ['42', 'hearth'],
  ['localhost', 'hearth'],
  ['xn--bcher', 'hearth'],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('hostLabel(%j) is %j', (name, label) => {
  expect(hostLabel(name)).toBe(label);
});

test('hostLabel() answers what the state takes, whatever it is given', () => {
  const { hostname } = serverSlice.shape;
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => hostname.safeParse(hostLabel(name)).success));
});
