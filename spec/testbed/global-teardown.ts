/** After all system tests: the machine must be as it was found. */
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { leftoversOf } from './leftovers.ts';
import { isHeld } from './slot.ts';
import { closeTemporary } from './temporary.ts';

/** The kernel takes loop devices and cgroups away a moment after their last user. */
const patienceMs = 5000;

/** A process may still be on its way when its parent is gone, and make things after a first look. */
const secondLookMs = 1500;

export default async function teardown(): Promise<void> {
  const ledger = process.env['HEARTH_TEST_LEDGER'] ?? '';
  const used = [...new Set(readFileSync(ledger, 'utf8').split('\n').filter(Boolean).map(Number))];
  rmSync(ledger);
  // A slot that another run took after us is theirs to clean.
  const held = used.filter(isHeld);
  const free = used.filter((slot) => !held.includes(slot));
  let left = await settled(free);
  if (left.length === 0) {
    await delay(secondLookMs);
    left = await settled(free);
  }
  left.push(...closeTemporary(process.env).map((path) => `temporary: ${path}`));
  if (left.length > 0) throw new Error(`System tests left ${left.length} things behind:\n${left.join('\n')}`);
}

/** What is left once nothing goes by itself any more. */
async function settled(slots: readonly number[]): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  let left = leftoversOf(slots);
  while (left.length > 0 && Date.now() < deadline) {
    await delay(100);
    left = leftoversOf(slots);
  }
  return left;
}
