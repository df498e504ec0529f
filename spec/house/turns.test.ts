import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { leftOut } from '../testbed/left-out.ts';
import { turnOf, waitingServices } from '../testbed/rotation.ts';

const root = join(import.meta.dirname, '../..');
const turns = { HEARTH_TEST_TURNS: '1' };
const services = waitingServices();
const at = (count: number) => {
  const turn = turnOf(turns, services, count);
  if (turn === null) throw new Error('Everything is run');
  return turn;
};

test('what takes turns is there', () => {
  for (const suite of at(0).left.concat(at(1).left))
    expect([suite, existsSync(join(root, suite))]).toEqual([suite, true]);
});

test('four runs in a row leave nothing out, and each suite has one turn of four', () => {
  const lefts = [5, 6, 7, 8].map((count) => at(count).left);
  for (const suite of new Set(lefts.flat()))
    expect([suite, lefts.filter((left) => left.includes(suite)).length]).toEqual([suite, 3]);
});

test('every service has its turn', () => {
  expect(services.length).toBeGreaterThan(10);
  expect(new Set(services.map((_, count) => at(count).service))).toEqual(new Set(services));
});

test('a run by hand and a deep one have everything, and others say what they leave out', () => {
  expect(turnOf({})).toBeNull();
  expect(turnOf({ ...turns, HEARTH_DEEP: '1' })).toBeNull();
  expect(leftOut({ HEARTH_DEEP: '1' })).toBe('');
  const turn = turnOf(turns);
  for (const suite of turn?.left ?? []) expect(leftOut(turns)).toContain(suite);
  expect(leftOut(turns)).not.toContain(turn?.service);
});
