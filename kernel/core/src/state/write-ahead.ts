/**
 * What the database's own write-ahead log says, read before the database does.
 *
 * A database that is opened takes over what its log holds, and silently leaves out what it cannot read: a single failed
 * read would lose writes that were acknowledged. So the log is read here first; a file that cannot be read, or is damaged
 * anywhere but at its end (where a power cut may have left half of a write that nobody was told of), keeps the database
 * from being opened, and what it made of its log can be compared with what stood there. The format is LevelDB's
 * (`doc/log_format.md`, `db/write_batch.cc`, `db/version_edit.cc`).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from './errors.ts';
import { type Fragment, readRecords } from './write-ahead-records.ts';

/** By key, what the log set last; null for what it deleted. */
export type WriteAhead = ReadonlyMap<string, Uint8Array | null>;

/** Throws `state.journalDamaged`, and what reading a file throws; empty where there is no database. */
export async function readWriteAhead(folder: string): Promise<WriteAhead> {
  const names = await readdir(folder);
  const found = new Map<string, Uint8Array | null>();
  const made = names.includes('CURRENT');
  // Without this file a new database would be made in place of the one that is there.
  if (!made && names.some((name) => name.endsWith('.ldb'))) throw errors.journalDamaged({ file: 'CURRENT', at: 0 });
  const oldest = made ? await oldestLog(folder) : 0;
  const logs = names.filter((name) => /^\d+\.log$/.test(name) && Number.parseInt(name, 10) >= oldest).sort();
  for (const name of logs) {
    const records = readRecords(await readFile(join(folder, name)));
    if (records.damagedAt !== null) throw errors.journalDamaged({ file: name, at: records.damagedAt });
    for (const record of records.whole) readBatch(record, found);
  }
  return found;
}

/** The number of the first log the database has not put into its tables: tag 2 of the manifest's edits. */
async function oldestLog(folder: string): Promise<number> {
  const manifest = (await readFile(join(folder, 'CURRENT'), 'utf8')).trim();
  if (!/^MANIFEST-\d+$/.test(manifest)) throw errors.journalDamaged({ file: 'CURRENT', at: 0 });
  const { whole, damagedAt } = readRecords(await readFile(join(folder, manifest)));
  if (damagedAt !== null) throw errors.journalDamaged({ file: manifest, at: damagedAt });
  return whole.reduce((oldest, edit) => readEdit(edit) ?? oldest, 0);
}

class Reader {
  #at = 0;
  readonly #bytes: Fragment;

  constructor(bytes: Fragment) {
    this.#bytes = bytes;
  }

  get over(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(count: number): this {
    this.#at += count;
    return this;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** Beyond 2^53 nothing is exact; numbers of files and lengths never are. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  text(): Uint8Array {
    const length = this.number();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** A batch of writes: sequence (8 bytes), count (4), then for each its kind, key and value. */
function readBatch(bytes: Fragment, found: Map<string, Uint8Array | null>): void {
  const reader = new Reader(bytes).skip(12);
  while (!reader.over) {
    const sets = reader.byte() === 1;
    const key = Buffer.from(reader.text()).toString('utf8');
    found.set(key, sets ? reader.text() : null);
  }
}

/** An edit of the manifest: fields in any order, each after its tag. */
function readEdit(bytes: Fragment): number | null {
  const reader = new Reader(bytes);
  let log: number | null = null;
  while (!reader.over) {
    switch (reader.number()) {
      case 1:
        reader.text();
        break;
      case 2:
        log = reader.number();
        break;
      case 5:
        reader.number();
        reader.text();
        break;
      case 6:
        reader.number();
        reader.number();
        break;
      case 7:
        for (let field = 0; field < 3; field++) reader.number();
        reader.text();
        reader.text();
        break;
      default:
        reader.number();
    }
  }
  return log;
}
