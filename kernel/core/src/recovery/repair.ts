/** A journal that cannot be opened, made to open: with everything that can still be read, in order, from the beginning. */
import { cp, rm } from 'node:fs/promises';
import { HearthError } from '@hearth/contract';
import { LevelJournal } from '../state/level-journal.ts';
import { replay } from '../state/replay.ts';

export interface Repaired {
  /** Rows that could be kept, and those that could not because something before them is gone. */
  readonly kept: number;
  readonly lost: number;
}

/**
 * `aside`: where the damaged one is copied to first, as it is. Throws when even the database's own repair finds nothing
 * that it can open; the copy is then what there is.
 */
export async function repairJournal(folder: string, aside: string): Promise<Repaired> {
  await rm(aside, { recursive: true, force: true });
  await cp(folder, aside, { recursive: true });
  const journal = new LevelJournal(folder, { salvage: true });
  try {
    await journal.open();
  } catch (error) {
    if (HearthError.from(error).code !== 'state.journalUnreadable') throw error;
    await LevelJournal.repair(folder);
  }
  await journal.close();
  return salvage(folder);
}

/** Drops what follows the first row that is missing or does not fit. */
async function salvage(folder: string): Promise<Repaired> {
  const journal = new LevelJournal(folder, { salvage: true });
  try {
    const content = await journal.open();
    let fitting = content.rows.length;
    for (let from = 0; from < fitting; ) {
      const middle = Math.ceil((from + fitting) / 2);
      if (replays({ ...content, rows: content.rows.slice(0, middle) })) from = middle;
      else fitting = middle - 1;
    }
    const last = content.rows[fitting - 1]?.seq ?? content.seq;
    const lost = await journal.forget(last);
    return { kept: fitting, lost };
  } finally {
    await journal.close();
  }
}

function replays(content: Parameters<typeof replay>[0]): boolean {
  try {
    // A copy: replaying changes the slices it begins with.
    replay({ ...content, slices: structuredClone(new Map(content.slices)), rows: structuredClone(content.rows) });
    return true;
  } catch {
    return false;
  }
}
