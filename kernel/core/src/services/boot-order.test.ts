import { expect, test } from '@jest/globals';
import { bootOrder } from './boot-order.ts';

const row = (id: string, ...needs: string[]) => ({
  id,
  dependencies: Object.fromEntries(
    needs.map((need) => [need, { kind: 'running' as const, id: need, healthChecks: [], versionRange: '*' }]),
  ),
});

test('what is needed comes up first', () => {
  expect(bootOrder([row('web', 'db', 'cache'), row('db'), row('cache', 'db')])).toEqual([['db'], ['cache'], ['web']]);
});

test('what is not installed holds nobody up', () => {
  expect(bootOrder([row('web', 'gone')])).toEqual([['web']]);
});

test('a service that only has to exist is not waited for', () => {
  const dependencies = { db: { kind: 'exists' as const, id: 'db', versionRange: '*' } };
  expect(bootOrder([{ id: 'app', dependencies }, row('db')])).toEqual([['app', 'db']]);
});

test('a circle comes up together, before those it holds up', () => {
  expect(bootOrder([row('c', 'a'), row('a', 'b'), row('b', 'a'), row('self', 'self')])).toEqual([
    ['self'],
    ['a', 'b'],
    ['c'],
  ]);
});
