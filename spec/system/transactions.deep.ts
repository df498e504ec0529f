/** Every job of a real server, its kernel killed at each durable write in turn; and each on a disk that is full from there on. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Fault, jobs, Transactions } from './transactions.ts';

const minute = 60_000;
const faults: readonly [Fault, Parameters<typeof Transactions.open>[0]][] = [
  ['kill', undefined],
  ['full', { kind: 'ext4', bytes: 4 * 1024 ** 3 }],
];

describe.each(faults)('%s', (fault, disk) => {
  let bed: Transactions;
  beforeAll(async () => {
    bed = await Transactions.open(disk);
  }, 10 * minute);
  afterAll(() => bed.close(), 3 * minute);

  test.each(jobs)(
    '%s, at each durable write: the old state or the new one, and nothing else',
    async (name) => {
      const writes = await bed.reference(name);
      const wrong: string[] = [];
      const ended = { old: 0, new: 0 };
      for (let place = 1; place <= writes; place++) {
        const outcome = await bed.strike(name, place, fault);
        ended[outcome.ended] += 1;
        if (outcome.wrong !== '') wrong.push(`at write ${place} of ${writes}: ${outcome.wrong}`);
      }
      expect(wrong).toEqual([]);
      expect(ended.old + ended.new).toBe(writes);
    },
    60 * minute,
  );
});
