/** Random operations on several services with random kills, for an hour's worth of steps and several seeds. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Chaos } from './chaos.ts';

const minute = 60_000;
const first = Number(process.env['HEARTH_SEED'] ?? 0) * 100;
const steps = 60;

describe.each([first + 1, first + 2, first + 3])('seed %i', (seed) => {
  let chaos: Chaos;
  beforeAll(async () => {
    chaos = await Chaos.open(seed);
  }, 5 * minute);
  afterAll(() => chaos.box.close(), 3 * minute);

  test(
    'every service is as the model says after each step, and what is gone has left nothing',
    async () => {
      for (let step = 0; step < steps; step++) await chaos.step();
      await chaos.end();
      expect(chaos.story).toHaveLength(steps);
    },
    60 * minute,
  );
});
