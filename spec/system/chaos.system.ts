/** A few steps of the chaos that `chaos.deep.ts` goes on with for long. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Chaos } from './chaos.ts';

const minute = 60_000;
const seed = Number(process.env['HEARTH_SEED'] ?? 0);
const steps = 4;
let chaos: Chaos;

beforeAll(async () => {
  chaos = await Chaos.open(seed);
}, 5 * minute);
afterAll(() => chaos.box.close(), 3 * minute);

test(
  'random operations with random kills: every service is as the model says, and what is gone has left nothing',
  async () => {
    for (let step = 0; step < steps; step++) await chaos.step();
    await chaos.end();
    expect(chaos.story).toHaveLength(steps);
  },
  10 * minute,
);
