/** The journal: where commits become durable. One suite (spec/suites) holds for every implementation. */
import type { Operation } from '@hearth/contract';

export interface JournalRow {
  /** Counts from 1 without a gap over the whole life of the journal. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly slice: string;
  /** Why: `package.start`. */
  readonly reason: string;
  /** On whose behalf: `user owner`; absent for what the kernel does by itself. */
  readonly by?: string;
  readonly ops: readonly Operation[];
}

export interface JournalContent {
  /** Slices as of `seq`. */
  readonly slices: ReadonlyMap<string, unknown>;
  readonly seq: number;
  /** Everything after `seq`, in order. */
  readonly rows: readonly JournalRow[];
}

export interface Journal {
  /** Reads everything back. Throws `state.journalLocked`, `journalUnreadable`, `journalTooNew`, `journalGap`. */
  open(): Promise<JournalContent>;
  /**
   * All rows or none; they have reached the disk when it resolves. When it rejects none of them will ever be read back,
   * and the next call may use their numbers again. (A process that ends before the disk takes anything again cannot
   * promise that: what it could not write it cannot take back either.)
   * @returns bytes written
   */
  append(rows: readonly JournalRow[]): Promise<number>;
  /**
   * From now on `open` begins at `seq`; slices not named stay as they were. Keeps the last `keep` rows as history.
   * @returns bytes written
   */
  compact(slices: ReadonlyMap<string, unknown>, seq: number, keep: number): Promise<number>;
  /** Rows before `before`, the latest first. */
  history(options: { readonly before?: number; readonly limit: number }): Promise<readonly JournalRow[]>;
  /** Waits for what is under way. Safe to repeat. */
  close(): Promise<void>;
}
