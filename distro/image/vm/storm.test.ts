import { expect, test } from '@jest/globals';
import { type Change, checkStorm } from './storm.ts';

const change = (url: string, there: boolean, asked: number, acknowledged: number | null): Change => ({
  ...{ url, there, asked, acknowledged },
});
const found = (history: string, ...urls: string[]) => {
  const changes = new Map<string, number>();
  for (const url of history) changes.set(url, (changes.get(url) ?? 0) + 1);
  return { urls: new Set(urls), changes };
};

test('what was acknowledged before the cut must be there, as the last change left it', () => {
  const changes = [change('a', true, 0, 10), change('b', true, 10, 20), change('a', false, 20, 30)];
  expect(checkStorm(changes, 30, found('aba', 'b'))).toEqual({ acknowledged: 3 });
  expect(() => checkStorm(changes, 30, found('aba', 'a', 'b'))).toThrow('a');
  expect(() => checkStorm(changes, 30, found('aba'))).toThrow('b');
});

test('a change that another one took back must have been made too', () => {
  const changes = [change('a', true, 0, 10), change('a', false, 10, 20), change('a', true, 20, 30)];
  expect(() => checkStorm(changes, 30, found('a', 'a'))).toThrow('a has 1 changes of the 3 that were acknowledged');
});

test('what was under way at the cut may have come or not', () => {
  const changes = [change('a', true, 0, 10), change('a', false, 12, 30)];
  for (const urls of [['a'], []]) expect(checkStorm(changes, 20, found('a', ...urls))).toEqual({ acknowledged: 1 });
  const never = [change('a', true, 0, 10), change('a', false, 12, null)];
  for (const urls of [['a'], []]) expect(checkStorm(never, 50, found('a', ...urls))).toEqual({ acknowledged: 1 });
});

test('what was asked for after the cut says nothing', () => {
  const changes = [change('a', true, 0, 10), change('a', false, 40, 50)];
  expect(() => checkStorm(changes, 20, found('a'))).toThrow('a');
  expect(checkStorm(changes, 20, found('a', 'a'))).toEqual({ acknowledged: 1 });
});
