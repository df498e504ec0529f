/** Before all system tests: sweeps what killed runs left, and opens the ledger of the slots this run uses. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leftOut } from './left-out.ts';
import { abandonedSlots, giveSlot, testRoot } from './slot.ts';
import { openTemporary } from './temporary.ts';
import { sweepSlot } from './testbed.ts';

export default async function setup(): Promise<void> {
  process.stderr.write(leftOut(process.env));
  openTemporary(process.env);
  mkdirSync(testRoot.run, { recursive: true });
  for (const slot of abandonedSlots()) {
    await sweepSlot(slot);
    giveSlot(slot);
  }
  const ledger = join(testRoot.run, `ledger-${process.pid}`);
  writeFileSync(ledger, '');
  // Workers inherit it.
  process.env['HEARTH_TEST_LEDGER'] = ledger;
}
