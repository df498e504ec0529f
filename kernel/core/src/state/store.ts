/**
 * The state of the machine: one document of slices, one writer, durable before anyone hears of it.
 *
 * Commits wait in one queue. The writer takes all that wait, applies them to copies, writes them to the journal in one
 * go, and only then shows them to readers, watchers and followers. If the journal refuses, nothing has happened.
 * Volatile slices never meet the journal: their commits are readable at once.
 */
import { randomBytes } from 'node:crypto';
import { HearthError, type Log, type Operation, type Slice, type SliceDefinition } from '@hearth/contract';
import { currentCaller } from '../caller.ts';
import { Announcements, type Patch } from './announcements.ts';
import { Compaction, type CompactionOptions } from './compaction.ts';
import { Copies } from './copies.ts';
import { errors } from './errors.ts';
import type { Journal, JournalRow } from './journal.ts';
import { copyPlain, freezePlain, isObject } from './plain.ts';
import { record, sealOperations } from './recorder.ts';
import { replay } from './replay.ts';
import { validate } from './validate.ts';
import { Versions, versionsSlice } from './versions.ts';

export type { Patch } from './announcements.ts';

export interface Store {
  /** Fixed for the life of this process: revisions of another epoch mean nothing. */
  readonly epoch: string;
  /** Of the latest announced commit. */
  readonly rev: number;
  /**
   * Claims a slice: what was journalled under its name, else its initial value. Synchronous: the journal is in memory
   * since the store was opened. What stands in an older version of its shape is migrated, and written down as it is now.
   * Throws `state.sliceTaken`, `state.sliceInvalid`, `state.sliceTooNew`, `state.migrationFailed`, `migrationMissing`.
   */
  slice<T>(definition: SliceDefinition<T>): Slice<T>;
  /** The public document as of `rev`. */
  snapshot(): { readonly epoch: string; readonly rev: number; readonly value: Record<string, unknown> };
  /** Calls with every patch, in order, in the same turn as it becomes readable; returns the undo. */
  follow(listener: (patch: Patch) => void): () => void;
  /** Every slice that is journalled, private and unclaimed ones too, with the versions of their shapes. */
  whole(): { readonly seq: number; readonly slices: ReadonlyMap<string, unknown> };
  /** Who changed what, when: the latest first. Private slices keep their operations to themselves. */
  history(options: { readonly before?: number; readonly limit: number }): Promise<readonly JournalRow[]>;
  /** Writes what waits, takes a snapshot, closes the journal; later commits are refused. */
  close(): Promise<void>;
}

export interface StoreOptions extends Partial<CompactionOptions> {
  readonly log: Log;
  readonly now?: () => number;
  /** Rows kept for the history. */
  readonly keep?: number;
}

interface Holder {
  readonly definition: SliceDefinition<unknown>;
  /** What readers see; hand it out by `shown`. */
  value: Record<string, unknown>;
  readonly copies: Copies;
  /** What the journal would answer for it is something else (defaults were added, or there is nothing yet). */
  unwritten: boolean;
  /** It stood in an older shape. */
  readonly migrated: boolean;
  readonly watchers: Set<(value: unknown, rev: number) => void>;
}

interface Waiting {
  readonly holder: Holder;
  /** To be written also if it changes nothing. */
  readonly always?: boolean;
  readonly reason: string;
  readonly by: string | undefined;
  readonly change: (draft: never) => void;
  readonly resolve: (rev: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Commits on their way to the journal. */
interface Batch {
  readonly working: Map<Holder, Record<string, unknown>>;
  /** Of shapes, as of its last row. */
  versions: Readonly<Record<string, number>>;
  readonly rows: JournalRow[];
  readonly done: { readonly waiting: Waiting; readonly ops: readonly Operation[] }[];
}

const largestBatch = 4096;

/** Opens the journal and reads it back. */
export async function openStore(journal: Journal, options: StoreOptions): Promise<Store> {
  const content = await journal.open();
  const { slices, seq } = replay(content);
  return new JournalledStore(journal, slices, seq, seq - content.seq, options);
}

class JournalledStore implements Store {
  readonly epoch = randomBytes(9).toString('base64url');
  readonly #journal: Journal;
  readonly #options: Required<StoreOptions>;
  /** As journalled, of owners who have not come yet. */
  readonly #unclaimed: Map<string, unknown>;
  readonly #versions: Versions;
  readonly #holders = new Map<string, Holder>();
  readonly #announcements: Announcements;
  readonly #queue: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #seq: number;
  readonly #compaction: Compaction;
  #closed = false;

  constructor(journal: Journal, slices: Map<string, unknown>, seq: number, rows: number, options: StoreOptions) {
    this.#journal = journal;
    this.#versions = new Versions(slices);
    this.#unclaimed = slices;
    this.#seq = seq;
    this.#options = { now: Date.now, compactEvery: 4096, rowsPerSnapshot: 4, keep: 10_000, ...options };
    this.#compaction = new Compaction(rows, this.#options);
    this.#announcements = new Announcements(seq, options.log);
  }

  get rev(): number {
    return this.#announcements.rev;
  }

  slice<T>(definition: SliceDefinition<T>): Slice<T> {
    const { name } = definition;
    if (this.#holders.has(name)) throw errors.sliceTaken({ slice: name });
    const holder = this.#claim(definition);
    this.#holders.set(name, holder);
    this.#announce(holder, [[[name], holder.value]]);
    if (holder.migrated) void this.#later(holder, 'migrate', () => undefined, true).catch(() => undefined);
    return {
      name,
      read: () => shown(holder) as T,
      commit: (reason, change) =>
        definition.volatile === true ? this.#now(holder, change) : this.#later(holder, reason, change),
      watch: (listener) => {
        const watcher = listener as (value: unknown, rev: number) => void;
        holder.watchers.add(watcher);
        return () => void holder.watchers.delete(watcher);
      },
    };
  }

  snapshot(): ReturnType<Store['snapshot']> {
    const visible = [...this.#holders.values()].filter((holder) => holder.definition.private !== true);
    const value = Object.fromEntries(visible.map((holder) => [holder.definition.name, shown(holder)]));
    return { epoch: this.epoch, rev: this.rev, value };
  }

  follow(listener: (patch: Patch) => void): () => void {
    return this.#announcements.follow(listener);
  }

  async history(options: { readonly before?: number; readonly limit: number }): Promise<readonly JournalRow[]> {
    const rows = await this.#journal.history(options);
    return rows.map((row) => this.#veiled(row));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writing;
    // Best effort: the rows are durable with or without it.
    if (this.#compaction.useful) await this.#compact().catch(() => undefined);
    await this.#journal.close();
  }

  #veiled(row: JournalRow): JournalRow {
    const definition = this.#holders.get(row.slice)?.definition;
    return definition === undefined || definition.private === true ? { ...row, ops: [] } : row;
  }

  #claim(definition: SliceDefinition<unknown>): Holder {
    const { name, schema, initial } = definition;
    // Null where a recovery took it away: as if it had never been.
    const old = definition.volatile === true ? undefined : (this.#unclaimed.get(name) ?? undefined);
    const stored = old === undefined ? undefined : this.#versions.bring(old, definition);
    const parsed = schema.safeParse(stored ?? initial);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw errors.sliceInvalid({ slice: name, path: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
    }
    this.#unclaimed.delete(name);
    const value = freezePlain(copyPlain(parsed.data)) as Record<string, unknown>;
    // Written whole with its first commit: the journal may lack it, or lack what the schema has added since.
    const migrated = old !== undefined && this.#versions.lacks(definition);
    return { definition, value, copies: new Copies(), unwritten: true, migrated, watchers: new Set() };
  }

  #now(holder: Holder, change: (draft: never) => void): Promise<number> {
    try {
      const { root, ops } = this.#apply(holder, holder.value, change);
      if (ops.length === 0) return Promise.resolve(this.rev);
      holder.copies.publish();
      holder.value = root;
      const rev = this.#announce(holder, ops);
      return Promise.resolve(rev);
    } catch (error) {
      return Promise.reject(HearthError.from(error));
    } finally {
      holder.copies.discard();
    }
  }

  #later(holder: Holder, reason: string, change: (draft: never) => void, always = false): Promise<number> {
    if (this.#closed) return Promise.reject(errors.closed({ slice: holder.definition.name }));
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#queue.push({ holder, always, reason, by: currentCaller(), change, resolve, reject });
    this.#writing ??= this.#write();
    return promise;
  }

  /** One change on a copy, checked; throws and has changed nothing, or answers the new root and its operations. */
  #apply(
    holder: Holder,
    root: Record<string, unknown>,
    change: (draft: never) => void,
  ): { root: Record<string, unknown>; ops: readonly Operation[] } {
    const { name, schema } = holder.definition;
    const recording = record(root, [name], holder.copies, change);
    try {
      const ops = validate(name, schema, recording.root, recording.ops);
      sealOperations(ops);
      return { root: recording.root, ops };
    } catch (error) {
      recording.undo();
      throw error;
    }
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      // Whoever goes on in this turn still joins the batch.
      await new Promise(setImmediate);
      const waiting = this.#queue.splice(0, largestBatch);
      await this.#writeBatch(waiting);
      // Of changes that were refused, or that the journal did not take.
      for (const { holder } of waiting) holder.copies.discard();
      if (this.#compaction.due) await this.#compactOrWarn();
    }
    this.#writing = null;
  }

  async #writeBatch(waiting: readonly Waiting[]): Promise<void> {
    const batch = this.#prepare(waiting);
    try {
      if (batch.rows.length > 0) this.#compaction.appended(batch.rows.length, await this.#journal.append(batch.rows));
    } catch (error) {
      this.#options.log.error({ err: error }, 'the journal refused a batch');
      const reason = error instanceof Error ? error.message : String(error);
      for (const { waiting: each } of batch.done)
        each.reject(errors.notDurable({ slice: each.holder.definition.name, reason }, error));
      return;
    }
    this.#publish(batch);
  }

  /** Runs the changes on copies; those that throw are refused here and leave nothing. */
  #prepare(waiting: readonly Waiting[]): Batch {
    const versions = this.#versions.all;
    const batch: Batch = { working: new Map(), versions, rows: [], done: [] };
    for (const each of waiting) {
      try {
        this.#prepareOne(each, batch);
      } catch (error) {
        each.reject(HearthError.from(error));
      }
    }
    return batch;
  }

  #prepareOne(waiting: Waiting, batch: Batch): void {
    const { working, rows, done } = batch;
    const { holder, always, reason, by, change } = waiting;
    const { root, ops } = this.#apply(holder, working.get(holder) ?? holder.value, change);
    done.push({ waiting, ops });
    if (ops.length === 0 && always !== true) return;
    const { definition } = holder;
    const { name } = definition;
    const first = holder.unwritten && !working.has(holder);
    const whole: Operation[] = first ? [[[name], holder.value]] : [];
    if (first && this.#versions.lacks(definition)) {
      batch.versions = { ...batch.versions, [name]: definition.version ?? 1 };
      whole.push([[versionsSlice], batch.versions]);
    }
    rows.push({
      seq: this.#seq + rows.length + 1,
      at: this.#options.now(),
      slice: name,
      reason,
      ...(by === undefined ? {} : { by }),
      ops: [...whole, ...ops],
    });
    working.set(holder, root);
  }

  #publish({ working, rows, done }: Batch): void {
    this.#seq += rows.length;
    for (const [holder, root] of working) {
      holder.copies.publish();
      holder.value = root;
      holder.unwritten = false;
      this.#versions.became(holder.definition);
    }
    for (const { waiting, ops } of done)
      waiting.resolve(ops.length === 0 ? this.rev : this.#announce(waiting.holder, ops));
  }

  /** The next revision: patch to followers, then the slice's watchers. */
  #announce(holder: Holder, ops: readonly Operation[]): number {
    const visible = holder.definition.private === true ? [] : ops;
    return this.#announcements.make(visible, (rev) => {
      for (const watcher of [...holder.watchers]) {
        try {
          watcher(shown(holder), rev);
        } catch (error) {
          this.#options.log.error({ slice: holder.definition.name, err: error }, 'a watcher failed');
        }
      }
    });
  }

  async #compactOrWarn(): Promise<void> {
    try {
      await this.#compact();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the journal could not take a snapshot');
      this.#compaction.done();
    }
  }

  whole(): ReturnType<Store['whole']> {
    const slices = new Map<string, unknown>(this.#unclaimed);
    let versions = this.#versions.all;
    for (const [name, holder] of this.#holders) {
      const { definition } = holder;
      if (definition.volatile === true || !isObject(holder.value)) continue;
      slices.set(name, shown(holder));
      if (this.#versions.lacks(definition)) versions = { ...versions, [name]: definition.version ?? 1 };
    }
    if (Object.keys(versions).length > 0) slices.set(versionsSlice, versions);
    return { seq: this.#seq, slices };
  }

  async #compact(): Promise<void> {
    const { seq, slices } = this.whole();
    const bytes = await this.#journal.compact(slices, seq, this.#options.keep);
    for (const holder of this.#holders.values()) {
      holder.unwritten = false;
      this.#versions.became(holder.definition);
    }
    this.#compaction.done(bytes);
  }
}

/** The slice as readers may hold it. */
function shown(holder: Holder): Record<string, unknown> {
  holder.copies.witness();
  return holder.value;
}
