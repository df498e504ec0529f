/**
 * Room kept back for the journal. A disk that others have filled must not silence the server: its owner still has to stop
 * a service, remove one, and be told why, and each of these is a commit.
 */
import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal } from './journal.ts';

const megabyte = 1024 ** 2;
/** What the journal writes in weeks. */
const usualBytes = 32 * megabyte;
/** Taken back only from a disk that has this many times as much. */
const plenty = 8;
/** Not looked at more often than this. */
const lookMs = 60_000;

/** `file`: what keeps the room; outside the folder of the journal itself. */
export function withReserve(journal: Journal, file: string, bytes = usualBytes): Journal {
  let looked = 0;
  let making: Promise<void> | null = null;
  const keepRoom = (): void => {
    if (making !== null || Date.now() - looked < lookMs) return;
    looked = Date.now();
    making = make(file, bytes)
      // Best effort: without it the journal is as any other file is.
      .catch(() => undefined)
      .finally(() => {
        making = null;
      });
  };
  const withRoom = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const answer = await work();
      keepRoom();
      return answer;
    } catch (error) {
      await making;
      if (!isFull(error) || !(await give(file))) throw error;
      looked = Date.now();
      return work();
    }
  };
  return {
    async open() {
      // A journal needs room even to be opened.
      try {
        return await journal.open();
      } catch (error) {
        if (!isFull(error) || !(await give(file))) throw error;
        return journal.open();
      }
    },
    append: (rows) => withRoom(() => journal.append(rows)),
    compact: (slices, seq, keep) => withRoom(() => journal.compact(slices, seq, keep)),
    history: (options) => journal.history(options),
    async close() {
      await making;
      await journal.close();
    },
  };
}

async function make(file: string, bytes: number): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there?.size === bytes) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < bytes * plenty) return;
  const handle = await open(file, 'w', 0o600);
  try {
    // Written, not only promised: a hole in a file keeps nothing.
    for (let done = 0; done < bytes; done += megabyte)
      await handle.write(Buffer.alloc(Math.min(megabyte, bytes - done), 1));
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Whether there was anything to give. */
async function give(file: string): Promise<boolean> {
  const there = await stat(file).catch(() => null);
  if (there === null) return false;
  await rm(file, { force: true });
  return true;
}

/** By its words, wherever they stand: the database passes on what the system said. */
function isFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { message, code, cause } = error as { message?: unknown; code?: unknown; cause?: unknown };
  return code === 'ENOSPC' || String(message).includes('No space left on device') || isFull(cause);
}
