import { expect, test } from '@jest/globals';
import { Callbacks } from './callbacks.ts';

const open = () => {
  const fired: unknown[] = [];
  const state = { value: 1 as unknown };
  const callbacks = new Callbacks((service, id, value) => fired.push([service, id, value]));
  return { fired, state, callbacks, watched: { key: 'x', read: () => state.value } };
};

test('each registration fires once, with the new value, for all who share the watch', () => {
  const { fired, state, callbacks, watched } = open();
  expect(callbacks.read(watched, 'a', 1)).toBe(1);
  callbacks.read(watched, 'b', 2);
  callbacks.changed();
  expect(fired).toEqual([]);
  state.value = 2;
  callbacks.changed();
  expect(fired).toEqual([
    ['a', 1, 2],
    ['b', 2, 2],
  ]);
  state.value = 3;
  callbacks.changed();
  expect(fired).toHaveLength(2);
});

test('an equal value is no change, however it was made', () => {
  const { fired, state, callbacks, watched } = open();
  state.value = { a: [1] };
  callbacks.read(watched, 'a', 1);
  state.value = { a: [1] };
  callbacks.changed();
  expect(fired).toEqual([]);
});

test('reading without an id registers nothing', () => {
  const { callbacks, watched } = open();
  callbacks.read(watched, 'a', null);
  callbacks.read(watched, 'a', undefined);
  expect(callbacks.size).toBe(0);
});

test('forgets by id, all but some, and everything of a container that is gone', () => {
  const { callbacks, watched } = open();
  for (const id of [1, 2, 3]) callbacks.read(watched, 'a', id);
  callbacks.read(watched, 'b', 1);
  callbacks.clear('a', { only: [1] });
  expect(callbacks.size).toBe(3);
  callbacks.clear('a', { except: [2] });
  expect(callbacks.size).toBe(2);
  callbacks.drop('a');
  expect(callbacks.size).toBe(1);
  expect(callbacks.watches('x')).toBe(true);
  callbacks.drop('b');
  expect(callbacks.watches('x')).toBe(false);
});
