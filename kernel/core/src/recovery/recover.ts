/**
 * What was asked for before the last stop, done before anything of the state is opened: going back to a snapshot, or
 * repairing the journal. A file says what; it goes when it is done, so that a crash in its midst begins anew.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HearthError, type Log, type Operation } from '@hearth/contract';
import { z } from 'zod';
import type { Journal } from '../state/journal.ts';
import { LevelJournal } from '../state/level-journal.ts';
import { replay } from '../state/replay.ts';
import { versionsSlice } from '../state/versions.ts';
import { repairJournal } from './repair.ts';
import { type SnapshotContent, snapshotName, type Snapshots } from './snapshots.ts';

const wish = z.discriminatedUnion('do', [
  z.object({ do: z.literal('restore'), snapshot: snapshotName, by: z.string() }),
  z.object({ do: z.literal('repair'), by: z.string() }),
]);
export type Wish = z.infer<typeof wish>;

export interface RecoveryPlaces {
  /** `<data>/kernel`. */
  readonly folder: string;
  readonly snapshots: Snapshots;
  readonly version: string;
  readonly log: Log;
  readonly now: () => number;
}

const wishFile = (folder: string): string => join(folder, 'recovery.json');
export const journalFolder = (folder: string): string => join(folder, 'journal');

export async function wishFor(folder: string, what: Wish): Promise<void> {
  const file = wishFile(folder);
  await writeFile(`${file}.part`, JSON.stringify(what), { mode: 0o600, flush: true });
  await rename(`${file}.part`, file);
}

/** Does what was asked for, if anything was. Never throws: what goes wrong is told by the state when it is opened. */
export async function recover(places: RecoveryPlaces): Promise<void> {
  const { folder, log } = places;
  const text = await readFile(wishFile(folder), 'utf8').catch(() => null);
  if (text === null) return;
  try {
    const what = wish.parse(JSON.parse(text));
    if (what.do === 'repair') {
      const aside = join(folder, `journal.damaged-${places.now()}`);
      const { kept, lost } = await repairJournal(journalFolder(folder), aside);
      log.warn({ by: what.by, kept, lost, aside }, 'the journal was repaired');
    } else {
      await goBack(await places.snapshots.read(what.snapshot), what.by, places);
      log.warn({ by: what.by, snapshot: what.snapshot }, 'the state was taken back to a snapshot');
    }
  } catch (error) {
    log.error({ err: HearthError.from(error) }, 'the state could not be recovered');
  }
  await rm(wishFile(folder), { force: true });
}

/** On top of what is there, so that the history goes on; in place of it where it cannot be read. */
async function goBack(content: SnapshotContent, by: string, places: RecoveryPlaces): Promise<void> {
  const path = journalFolder(places.folder);
  const journal = new LevelJournal(path);
  const present = await journal
    .open()
    .then(replay)
    .catch((error: unknown) => {
      places.log.warn({ err: HearthError.from(error) }, 'the journal cannot be read: it is put aside');
      return null;
    });
  try {
    if (present !== null) {
      const { slices, seq } = present;
      await places.snapshots.take('restore', { at: places.now(), version: places.version, seq, slices });
      await overwrite(journal, seq, [...slices.keys()], content, by, places.now());
      return;
    }
  } finally {
    await journal.close();
  }
  await rename(path, `${path}.damaged-${places.now()}`).catch(ignoreAbsent);
  const fresh = new LevelJournal(path);
  await fresh.open();
  try {
    await fresh.compact(content.slices, content.seq, 0);
  } finally {
    await fresh.close();
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** One row a slice, in one batch: all or nothing. */
function overwrite(
  journal: Journal,
  seq: number,
  present: readonly string[],
  { slices }: SnapshotContent,
  by: string,
  at: number,
): Promise<number> {
  const names = [...new Set([...present, ...slices.keys(), versionsSlice])];
  const rows = names.map((slice, index) => {
    const value = slices.get(slice) ?? (slice === versionsSlice ? {} : null);
    const ops: readonly Operation[] = [[[slice], value]];
    return { seq: seq + index + 1, at, slice, reason: 'db.restore', by, ops };
  });
  return journal.append(rows);
}
