/**
 * The kernel killed, and the disk full, at every moment of every job on services: each ends in the old state or in the
 * new one, and what there is on the machine and in the state is then what a run without a fault leaves.
 *
 * The journal is the real one, on disk; the machine is one in memory, whose calls succeed or fail as a whole. What
 * happens within a call is tried on the real engine (`kernel/engine`), and real kills of real processes with real
 * containers in `spec/system/transactions`.
 */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { LevelJournal } from '../../state/level-journal.ts';
import { calm, census } from '../testing/census.ts';
import type { Fault } from '../testing/faults.ts';
import { House, type Kernel } from '../testing/house.ts';
import { type Scenario, scenarios, Stage } from '../testing/scenarios.ts';

jest.setTimeout(600_000);

// A deep run takes every moment, every other one a single one of each job and fault.
const deep = process.env['HEARTH_DEEP'] === '1';
const seed = Number(process.env['HEARTH_SEED'] ?? 0);

let house: House;
afterEach(() => house.demolish());

async function prepared(scenario: Scenario): Promise<{ stage: Stage; kernel: Kernel }> {
  house = await House.build((folder) => new LevelJournal(folder));
  const stage = new Stage(house);
  await stage.furnish();
  const kernel = await stage.boot();
  await scenario.prepare(stage, kernel);
  await calm(house, kernel);
  return { stage, kernel };
}

/** What there is before and after, and the moments in between. */
async function unharmed(scenario: Scenario) {
  const { stage, kernel } = await prepared(scenario);
  const before = await census(house, kernel);
  void house.faults.arm(Number.POSITIVE_INFINITY, 'kill');
  const row = await kernel.jobs.wait((await scenario.begin(stage, kernel)).job);
  await calm(house, kernel);
  house.faults.disarm();
  expect(row).toMatchObject({ state: 'succeeded', error: null });
  const after = await census(house, kernel);
  await house.demolish();
  return { before, after, moments: [...house.faults.passed] };
}

async function struck(scenario: Scenario, place: number, how: Fault): Promise<unknown> {
  const { stage, kernel } = await prepared(scenario);
  const fallen = house.faults.arm(place, how);
  const over = scenario.begin(stage, kernel).then(
    ({ job }) => kernel.jobs.wait(job),
    // Refused at once: the very first write.
    () => null,
  );
  await Promise.race([fallen, over]);
  if (how === 'kill') await house.crash();
  // The disk has room again after a while.
  if (how === 'full') await Promise.race([over, delay(50)]).finally(() => house.faults.disarm());
  if (how !== 'kill') await over;
  house.faults.disarm();
  const next = how === 'kill' ? await stage.boot() : kernel;
  await calm(house, next);
  return census(house, next);
}

/** Every moment, or one that the seed and the job choose. */
function sample(count: number, salt: number): number[] {
  if (!deep) return [(seed * 13 + salt * 29) % count];
  return Array.from({ length: count }, (_, place) => place);
}

const faults = ['kill', 'refuse', 'full'] as const;

describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  test('ends in the old state or the new one, whatever happens at whatever moment', async () => {
    const { before, after, moments } = await unharmed(scenario);
    const wrong: unknown[] = [];
    for (const [kind, how] of faults.entries()) {
      for (const place of sample(moments.length, name.length + kind)) {
        const where = `${how} at ${place} of ${moments.length}, ${moments[place] ?? ''}`;
        const found = await struck(scenario, place, how).catch((error: unknown) => String(error));
        if (!isDeepStrictEqual(found, before) && !isDeepStrictEqual(found, after)) wrong.push({ where, found });
        await house.demolish();
      }
    }
    expect(wrong).toEqual([]);
  });
});
