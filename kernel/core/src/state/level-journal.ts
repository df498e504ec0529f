/**
 * The journal on disk: one level database.
 *
 * `m!format`, `m!base` (seq of the snapshot), `s!<slice>` (snapshot), `r!<seq>` (rows). A batch of rows is one write with
 * fsync: all or nothing, also in a power cut.
 */
import { mkdir } from 'node:fs/promises';
import { HearthError } from '@hearth/contract';
import { Level } from 'level';
import { decode, encode } from './codec.ts';
import { errors } from './errors.ts';
import type { Journal, JournalContent, JournalRow } from './journal.ts';
import { readWriteAhead, type WriteAhead } from './write-ahead.ts';

const format = 1;
type Database = Level<string, Uint8Array>;

export interface JournalOptions {
  /** Bytes the database gathers before it begins a new file; 4 MiB unless told. */
  readonly writeBufferSize?: number;
  /** Takes what there is: does not ask whether the log is whole, and ends where a row is missing. */
  readonly salvage?: boolean;
}

export class LevelJournal implements Journal {
  readonly #folder: string;
  readonly #options: JournalOptions;
  #database: Database | null = null;
  /** The last row that is certain. */
  #seq = 0;
  /** A write failed: whether it reached the disk is not known, and level refuses further ones until it is reopened. */
  #doubt = false;

  /** `folder` is made if it is not there, for its owner alone. */
  constructor(folder: string, options: JournalOptions = {}) {
    this.#folder = folder;
    this.#options = options;
  }

  /** The database's own repair, for one that does not open: puts together what tables and logs still hold. */
  static repair(folder: string): Promise<void> {
    // The types of this package are those of every platform; only the database of Node has it.
    return (Level as unknown as { repair(location: string): Promise<void> }).repair(folder);
  }

  async open(): Promise<JournalContent> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const database = await this.#connect();
    this.#database = database;
    try {
      const content = await this.#read(database);
      this.#seq = content.rows.at(-1)?.seq ?? content.seq;
      return content;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async append(rows: readonly JournalRow[]): Promise<number> {
    const database = await this.#certain();
    const batch = database.batch();
    let written = 0;
    for (const row of rows) {
      const bytes = encode(row);
      batch.put(rowKey(row.seq), bytes);
      written += bytes.length;
    }
    try {
      await batch.write({ sync: true });
    } catch (error) {
      this.#doubt = true;
      throw error;
    }
    this.#seq = rows.at(-1)?.seq ?? this.#seq;
    return written;
  }

  async compact(slices: ReadonlyMap<string, unknown>, seq: number, keep: number): Promise<number> {
    const database = await this.#certain();
    const batch = database.batch();
    let written = 0;
    for (const [name, value] of slices) {
      const bytes = encode(value);
      batch.put(`s!${name}`, bytes);
      written += bytes.length;
    }
    batch.put('m!base', encode(seq));
    try {
      await batch.write({ sync: true });
      await database.clear({ gte: 'r!', lte: rowKey(Math.max(0, seq - keep)) });
      return written;
    } catch (error) {
      this.#doubt = true;
      throw error;
    }
  }

  async history({ before, limit }: { before?: number; limit: number }): Promise<JournalRow[]> {
    const database = await this.#certain();
    const range = { gte: 'r!', lt: before === undefined ? 'r"' : rowKey(before), reverse: true, limit };
    return (await database.values(range).all()).map((bytes) => decode(bytes) as JournalRow);
  }

  /** Takes out every row after `seq`: it will be written anew, with its number. @returns how many there were */
  async forget(seq: number): Promise<number> {
    const database = await this.#certain();
    const late = await database.keys({ gt: rowKey(seq), lt: 'r"' }).all();
    const batch = database.batch();
    for (const key of late) batch.del(key);
    await batch.write({ sync: true });
    this.#seq = seq;
    return late.length;
  }

  async close(): Promise<void> {
    // What is in doubt is settled before it is left to the next start, which could not know; if the disk takes it now.
    for (let turn = 0; turn < 3 && this.#doubt; turn++) await this.#certain().catch(() => null);
    const database = this.#database;
    this.#database = null;
    await database?.close();
  }

  async #connect(): Promise<Database> {
    let database: Database | null = null;
    try {
      const { salvage = false, ...options } = this.#options;
      const ahead = salvage ? new Map<string, null>() : await readWriteAhead(this.#folder);
      // It begins to open as soon as it is made.
      database = new Level(this.#folder, { valueEncoding: 'view', ...options });
      await database.open();
      await agree(database, ahead);
      return database;
    } catch (error) {
      await database?.close();
      if (HearthError.is(error)) throw error;
      if (isLocked(error)) throw errors.journalLocked({ folder: this.#folder }, error);
      throw errors.journalUnreadable({ folder: this.#folder, reason: reasonOf(error) }, error);
    }
  }

  async #read(database: Database): Promise<JournalContent> {
    const stored = await find(database, 'm!format');
    if (stored === undefined) await database.put('m!format', encode(format), { sync: true });
    else if (Number(decode(stored)) > format)
      throw errors.journalTooNew({ folder: this.#folder, format: decode(stored) });
    const base = await find(database, 'm!base');
    const seq = base === undefined ? 0 : Number(decode(base));
    const slices = new Map<string, unknown>();
    for await (const [key, bytes] of database.iterator({ gte: 's!', lt: 's"' }))
      slices.set(key.slice(2), decode(bytes));
    const rows: JournalRow[] = [];
    for await (const bytes of database.values({ gt: rowKey(seq), lt: 'r"' })) {
      const row = decode(bytes) as JournalRow;
      const expected = seq + rows.length + 1;
      if (row.seq !== expected && this.#options.salvage === true) break;
      if (row.seq !== expected) throw errors.journalGap({ expected });
      rows.push(row);
    }
    return { slices, seq, rows };
  }

  /** The database; after a failed write, reopened and cleared of rows that were never acknowledged. */
  async #certain(): Promise<Database> {
    if (this.#database === null) throw errors.journalUnreadable({ folder: this.#folder, reason: 'it is closed' });
    if (!this.#doubt) return this.#database;
    await this.#database.close();
    this.#database = await this.#connect();
    this.#doubt = false;
    try {
      await this.forget(this.#seq);
    } catch (error) {
      this.#doubt = true;
      throw error;
    }
    return this.#database;
  }
}

/** What the database left out of its log, because it could not read it, is written again. */
async function agree(database: Database, ahead: WriteAhead): Promise<void> {
  const keys = [...ahead.keys()];
  const there: readonly (Uint8Array | undefined)[] = await database.getMany(keys);
  const batch = database.batch();
  for (const [at, key] of keys.entries()) {
    const [wanted, found] = [ahead.get(key) ?? null, there[at] ?? null];
    if (wanted === null && found !== null) batch.del(key);
    if (wanted !== null && (found === null || Buffer.compare(wanted, found) !== 0)) batch.put(key, wanted);
  }
  if (batch.length > 0) await batch.write({ sync: true });
  else await batch.close();
}

/** The type of `get` leaves out that there may be nothing. */
function find(database: Database, key: string): Promise<Uint8Array | undefined> {
  return database.get(key);
}

/** Sorts as the numbers do. */
function rowKey(seq: number): string {
  return `r!${String(seq).padStart(16, '0')}`;
}

/** By its code: errors of a native module may be of another realm. */
function isLocked(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && error.code === 'LEVEL_LOCKED') return true;
  return 'cause' in error && isLocked(error.cause);
}

/** What the database itself says stands in the cause. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined)
    return reasonOf(error.cause);
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
