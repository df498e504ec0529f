/** A few jobs of a real server, its kernel killed at a write chosen by the seed; `transactions.deep.ts` takes them all. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type JobName, Transactions } from './transactions.ts';

const minute = 60_000;
const seed = Number(process.env['HEARTH_SEED'] ?? 0);
let bed: Transactions;

beforeAll(async () => {
  bed = await Transactions.open();
}, 5 * minute);
afterAll(() => bed.close(), 3 * minute);

test.each<JobName>(['install', 'update'])(
  'the kernel killed in the middle of an %s: the old state or the new one, and nothing else',
  async (name) => {
    const writes = await bed.reference(name);
    expect(writes).toBeGreaterThan(5);
    // Neither the first nor the last: those are the least of a job.
    const place = 3 + ((seed * 7) % (writes - 4));
    const { wrong } = await bed.strike(name, place, 'kill');
    expect(wrong).toBe('');
  },
  5 * minute,
);
