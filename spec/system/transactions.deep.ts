/** Every job of a real server, its kernel killed at each durable write in turn; and each on a disk that is full from there on. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lanes, lanes } from './lanes.ts';
import { type Fault, type JobName, jobs, Transactions } from './transactions.ts';

const minute = 60_000;
const atOnce = 4;
const faults: readonly [Fault, Parameters<typeof Transactions.open>[0]][] = [
  ['kill', undefined],
  ['full', { kind: 'ext4', bytes: 4 * 1024 ** 3 }],
];

interface Told {
  readonly writes: number;
  readonly ended: Readonly<Record<'old' | 'new', number>>;
  readonly wrong: readonly string[];
}

async function struckEverywhere(bed: Transactions, name: JobName, fault: Fault): Promise<Told> {
  const begun = Date.now();
  const writes = await bed.reference(name);
  const wrong: string[] = [];
  const ended = { old: 0, new: 0 };
  for (let place = 1; place <= writes; place++) {
    const outcome = await bed.strike(name, place, fault);
    ended[outcome.ended] += 1;
    if (outcome.wrong === '') continue;
    wrong.push(`at write ${place} of ${writes}: ${outcome.wrong}`);
    // At once: the others take a while yet.
    process.stderr.write(`${fault}, ${name}, ${wrong.at(-1) ?? ''}\n`);
  }
  const seconds = Math.round((Date.now() - begun) / 1000);
  const told = `${writes} writes, ended old ${ended.old}, new ${ended.new}, wrong ${wrong.length}`;
  process.stderr.write(`${fault}, ${name}: ${told}, in ${seconds} s\n`);
  return { writes, ended, wrong };
}

describe.each(faults)('%s', (fault, disk) => {
  const beds: Transactions[] = [];
  let told: Lanes<JobName, Told>;

  beforeAll(async () => {
    for (let lane = 0; lane < atOnce; lane++) beds.push(await Transactions.open(disk));
    told = lanes(beds, jobs, (bed, name) => struckEverywhere(bed, name, fault));
  }, 10 * minute);
  afterAll(async () => {
    await told.over;
    for (const bed of beds) await bed.close();
  }, 60 * minute);

  test.each(jobs)(
    '%s, at each durable write: the old state or the new one, and nothing else',
    async (name) => {
      const { wrong, writes } = await told.of(name);
      expect(wrong).toEqual([]);
      expect(writes).toBeGreaterThan(5);
    },
    60 * minute,
  );
});
