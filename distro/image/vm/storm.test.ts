import { expect, test } from '@jest/globals';
import { type Change, checkStorm } from './storm.ts';

const change = (url: string, there: boolean, asked: number, at: number | null, rev = 1): Change => ({
  ...{ url, there, asked },
  acknowledged: at === null ? null : { at, rev },
});
const found = (rev: number, ...urls: string[]) => ({ rev, urls: new Set(urls) });

test('what was acknowledged before the cut must be there, as the last change left it', () => {
  const changes = [change('a', true, 0, 10, 1), change('b', true, 10, 20, 2), change('a', false, 20, 30, 3)];
  expect(checkStorm(changes, 30, found(3, 'b'))).toEqual({ acknowledged: 3 });
  expect(() => checkStorm(changes, 30, found(3, 'a', 'b'))).toThrow('a');
  expect(() => checkStorm(changes, 30, found(3))).toThrow('b');
  expect(() => checkStorm(changes, 30, found(2, 'b'))).toThrow('before the acknowledged 3');
});

test('what was under way at the cut may have come or not', () => {
  const changes = [change('a', true, 0, 10, 1), change('a', false, 12, 30, 2)];
  for (const urls of [['a'], []]) expect(checkStorm(changes, 20, found(1, ...urls))).toEqual({ acknowledged: 1 });
  const never = [change('a', true, 0, 10, 1), change('a', false, 12, null)];
  for (const urls of [['a'], []]) expect(checkStorm(never, 50, found(1, ...urls))).toEqual({ acknowledged: 1 });
});

test('what was asked for after the cut says nothing', () => {
  const changes = [change('a', true, 0, 10, 1), change('a', false, 40, 50, 2)];
  expect(() => checkStorm(changes, 20, found(1))).toThrow('a');
  expect(checkStorm(changes, 20, found(1, 'a'))).toEqual({ acknowledged: 1 });
});
