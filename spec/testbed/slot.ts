/**
 * A slot is a place on the machine for one test run: a bridge name, a subnet, folders, ids and a container prefix that
 * no other slot has. It is held by a file that names its owner, so that two runs or two workers never share one.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineConfig } from '@hearth/contract';

export const testRoot = { run: '/run/hearth-test', data: '/var/lib/hearth-test' } as const;

const slots = 100;
const idsPerSlot = 16 * 65_536;
const firstId = 400_000_000;
const holder = (slot: number) => join(testRoot.run, 'slots', String(slot));

export function slotName(slot: number): string {
  return `ht${String(slot).padStart(2, '0')}`;
}

export function slotFolders(slot: number): { readonly run: string; readonly data: string } {
  return { run: join(testRoot.run, slotName(slot)), data: join(testRoot.data, slotName(slot)) };
}

/** Takes the first free slot, also one whose owner died; `stale` then says that it has to be swept. */
export function takeSlot(): { slot: number; stale: boolean } {
  mkdirSync(join(testRoot.run, 'slots'), { recursive: true });
  const start = process.pid % slots;
  for (let tried = 0; tried < slots; tried += 1) {
    const slot = (start + tried) % slots;
    if (tryHold(slot)) return { slot, stale: false };
    if (!ownerLives(slot)) {
      rmSync(holder(slot), { force: true });
      if (tryHold(slot)) return { slot, stale: true };
    }
  }
  throw new Error(`Cannot take a test slot: all ${slots} are held`);
}

export function giveSlot(slot: number): void {
  rmSync(holder(slot), { force: true });
}

/** Slots whose owner died without giving them back. */
export function abandonedSlots(): number[] {
  return Array.from({ length: slots }, (_, slot) => slot).filter(
    (slot) => heldBy(slot) !== undefined && !ownerLives(slot),
  );
}

export function isHeld(slot: number): boolean {
  return heldBy(slot) !== undefined && ownerLives(slot);
}

export function slotConfig(slot: number, paths: Pick<EngineConfig, 'runtime' | 'base'>): EngineConfig {
  const { run, data } = slotFolders(slot);
  return {
    ...paths,
    data: join(data, 'data'),
    run: join(run, 'run'),
    lxcPath: join(data, 'lxc'),
    containerPrefix: `${slotName(slot)}-`,
    bridge: slotName(slot),
    subnet: `10.97.${slot}`,
    ids: { first: firstId + slot * idsPerSlot, count: idsPerSlot },
    backupFolders: [join(data, 'scratch')],
    deadlineScale: 1,
    user: { uid: 61_000 + slot, gid: 61_000 + slot },
  };
}

function tryHold(slot: number): boolean {
  try {
    writeFileSync(holder(slot), JSON.stringify({ pid: process.pid, start: startTime(process.pid) }), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function heldBy(slot: number): { pid: number; start: string } | undefined {
  try {
    return JSON.parse(readFileSync(holder(slot), 'utf8'));
  } catch {
    return undefined;
  }
}

function ownerLives(slot: number): boolean {
  const owner = heldBy(slot);
  return owner !== undefined && startTime(owner.pid) === owner.start;
}

function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
