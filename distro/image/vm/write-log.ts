/**
 * A disk with a write cache that loses power: what QEMU's `blklogwrites` noted of a machine's writes is replayed up to a
 * moment, and of what no flush had made lasting by then only a part, drawn by a seed, reached the disk.
 *
 * Killing QEMU alone proves little: the host still has every write, also those the machine never asked to be kept. The
 * format is that of Linux's dm-log-writes: entries in order, each flush after the writes it covers.
 */
import { type FileHandle, open } from 'node:fs/promises';

/** Unit of all positions in the log and of the entries' own. */
const sector = 512;
const magic = 0x6a736677736872n;
const flag = { flush: 1n, fua: 2n, discard: 4n } as const;
/** What a disk writes whole: a longer write can be cut between two of these. */
const grain = 4096;

interface Entry {
  readonly at: number;
  readonly length: number;
  /** Byte of the log where the data stands; null for a discard. */
  readonly data: number | null;
  readonly flush: boolean;
  readonly fua: boolean;
  /** Byte of the log behind the entry. */
  readonly end: number;
}

export interface Replayed {
  /** Written whole because a flush followed, or they asked for it themselves. */
  readonly kept: number;
  /** Writes that no flush covered, and how many pieces of them were lost. */
  readonly loose: number;
  readonly lost: number;
}

/**
 * Brings `disk`, a copy of what the machine started from, to the state a power cut may have left when the log was `end`
 * bytes long.
 */
export async function replay(log: string, disk: string, end: number, random: () => number): Promise<Replayed> {
  const source = await open(log, 'r');
  const target = await open(disk, 'r+');
  try {
    const entries = await readEntries(source, end);
    const lastFlush = entries.findLastIndex(({ flush }) => flush);
    const loose = entries.slice(lastFlush + 1).filter(({ length }) => length > 0);
    let lost = 0;
    for (const [place, entry] of entries.entries()) {
      if (place <= lastFlush || entry.fua) await apply(source, target, entry, 0, entry.length);
      else
        for (let from = 0; from < entry.length; from += grain) {
          if (random() < 0.5) lost += 1;
          else await apply(source, target, entry, from, Math.min(grain, entry.length - from));
        }
    }
    await target.sync();
    return { kept: entries.length - loose.length, loose: loose.length, lost };
  } finally {
    await source.close();
    await target.close();
  }
}

async function readEntries(source: FileHandle, end: number): Promise<Entry[]> {
  const header = Buffer.alloc(sector);
  await source.read(header, 0, sector, 0);
  if (header.readBigUInt64LE(0) !== magic || header.readUInt32LE(24) !== sector)
    throw new Error('This is no log of writes');
  const entries: Entry[] = [];
  for (let position = sector; position + sector <= end; ) {
    await source.read(header, 0, sector, position);
    const [at, count, flags] = [0, 8, 16].map((offset) => header.readBigUInt64LE(offset)) as [bigint, bigint, bigint];
    const discard = (flags & flag.discard) !== 0n;
    const length = Number(count) * sector;
    // Nothing was noted here any more.
    if (length === 0 && flags === 0n) break;
    const next = position + sector + (discard ? 0 : length);
    if (next > end) break;
    entries.push({
      at: Number(at) * sector,
      length,
      data: discard ? null : position + sector,
      flush: (flags & flag.flush) !== 0n,
      fua: (flags & flag.fua) !== 0n,
      end: next,
    });
    position = next;
  }
  return entries;
}

async function apply(
  source: FileHandle,
  target: FileHandle,
  entry: Entry,
  from: number,
  length: number,
): Promise<void> {
  const bytes = Buffer.alloc(length);
  if (entry.data !== null) await source.read(bytes, 0, length, entry.data + from);
  if (length > 0) await target.write(bytes, 0, length, entry.at + from);
}

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
