/** Two hundred updates of a real service in a real container, something wrong with each: two hundred end well. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { faultNames, Returns } from './returns.ts';

const minute = 60_000;
const seed = Number(process.env['HEARTH_SEED'] ?? 0);
const count = 200;
let returns: Returns;

beforeAll(async () => {
  returns = await Returns.open();
}, 10 * minute);
afterAll(() => returns.close(), 3 * minute);

test.each(
  Array.from({ length: count }, (_, place): [number, string] => [place, faultNames[place % faultNames.length] ?? '']),
)(
  'update %i, with %s',
  async (place, name) => {
    const { wrong } = await returns.update(name, seed * count + place);
    expect(wrong).toBe('');
  },
  5 * minute,
);
