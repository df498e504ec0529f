/** Random operations on several services with random kills: three seeds, each on a server of its own, beside each other. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Chaos } from './chaos.ts';

const minute = 60_000;
const first = Number(process.env['HEARTH_SEED'] ?? 0) * 100;
const seeds = [first + 1, first + 2, first + 3];
const steps = 60;
const servers = new Map<number, Chaos>();
const outcomes = new Map<number, Promise<void>>();

async function rage(seed: number, chaos: Chaos): Promise<void> {
  const begun = Date.now();
  for (let step = 0; step < steps; step++) await chaos.step();
  await chaos.end();
  const { kernel, engine, launcher } = chaos.kills;
  const kills = `kernel killed ${kernel} times, engine ${engine}, launcher ${launcher}`;
  process.stderr.write(`seed ${seed}: ${steps} steps, ${kills}, in ${Math.round((Date.now() - begun) / 1000)} s\n`);
}

beforeAll(async () => {
  for (const seed of seeds) servers.set(seed, await Chaos.open(seed));
  for (const [seed, chaos] of servers) {
    const outcome = rage(seed, chaos);
    outcome.catch(() => undefined);
    outcomes.set(seed, outcome);
  }
}, 10 * minute);
afterAll(async () => {
  await Promise.allSettled(outcomes.values());
  for (const chaos of servers.values()) await chaos.box.close();
}, 60 * minute);

test.each(seeds)(
  'seed %i: every service is as the model says after each step, and what is gone has left nothing',
  async (seed) => {
    await outcomes.get(seed);
    expect(servers.get(seed)?.story).toHaveLength(steps);
  },
  60 * minute,
);
