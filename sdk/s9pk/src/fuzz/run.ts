/**
 * The fuzzer on its own: `npm run fuzz -- --seconds 3600 --seed 1`.
 * Ends with 1 at the first fault and leaves the mutant in the working folder; the seed alone makes it again.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Campaign } from './campaign.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3600' }, seed: { type: 'string', default: '1' } },
});
const seconds = Number(values.seconds);
const first = Number(values.seed);
if (!Number.isFinite(seconds) || !Number.isSafeInteger(first)) {
  process.stderr.write('usage: npm run fuzz -- [--seconds N] [--seed N]\n');
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const campaign = await Campaign.prepare(0.3);
const started = performance.now();
let told = started;
for (let seed = first; performance.now() - started < seconds * 1000; seed++) {
  await campaign.step(seed);
  const [fault] = campaign.tally.faults;
  if (fault !== undefined) {
    const path = `fuzz-fault-${String(fault.seed)}.s9pk`;
    await writeFile(path, fault.mutant.bytes);
    say(`seed ${String(fault.seed)} (${fault.mutant.what}): ${fault.reason}; the mutant is in ${path}`);
    process.exit(1);
  }
  if (performance.now() - told > 10_000) {
    told = performance.now();
    say(`${String(campaign.tally.mutants)} mutants, next seed ${String(seed + 1)}`);
  }
}
const { mutants, accepted, refused } = campaign.tally;
say(`${String(mutants)} mutants, ${String(accepted)} harmless, no fault`);
for (const [code, count] of [...refused].sort((a, b) => b[1] - a[1])) say(`${String(count).padStart(9)} ${code}`);
