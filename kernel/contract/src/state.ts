/**
 * State: one JSON document, one slice per owner, a revision per commit.
 *
 * Commit first, tell later: a change is durable before anyone hears of it. The same operations go to the journal and to
 * every client; a gap in the revisions means resync.
 */
import type { z } from 'zod';

export type Path = readonly (string | number)[];
/** `[path, value]` sets, `[path]` deletes. Paths start with the name of the slice. */
export type Operation = readonly [path: Path, value: unknown] | readonly [path: Path];

/** Server to client, CBOR, one per WebSocket message. */
export type Frame =
  | { readonly type: 'snapshot'; readonly epoch: string; readonly rev: number; readonly value: Record<string, unknown> }
  | {
      readonly type: 'patch';
      readonly epoch: string;
      readonly from: number;
      readonly rev: number;
      readonly ops: readonly Operation[];
    }
  | { readonly type: 'refused'; readonly code: string; readonly message: string };

/** Client to server, CBOR or JSON, the first message on the socket, within five seconds. */
export interface FeedHello {
  /** The origin-bound half of the session. */
  readonly token: string | null;
  /** Where the client was, if it comes back. */
  readonly resume?: { readonly epoch: string; readonly rev: number };
  /** JSON pointers of the parts to follow: `/services/syncthing`; everything unless told. The same when it comes back. */
  readonly paths?: readonly string[];
}

export type Migrations = Readonly<Record<number, (stored: never) => unknown>>;

export interface SliceDefinition<T> {
  /** The owner's id: `services`, `network`. */
  readonly name: string;
  /** The whole slice. Rows of a record schema are validated one by one, as they are touched. */
  readonly schema: z.ZodType<T>;
  readonly initial: T;
  /**
   * Of the shape of this slice, from 1; 1 unless told. To be raised when what was written before does not fit the schema
   * any more (what a schema has added is filled in by its defaults, and needs no migration).
   */
  readonly version?: number;
  /** By the version it leads to: from the value of the version before, as it was stored, to the next. Pure. */
  readonly migrations?: Migrations;
  /** Not journalled; empty after a restart; its owner fills it again. */
  readonly volatile?: boolean;
  /** Never leaves the kernel: hashes, keys, tokens. */
  readonly private?: boolean;
}

/** A slice as its owner sees it. */
export interface Slice<T> {
  readonly name: string;
  /** Frozen view of now; never changes under the reader. */
  read(): T;
  /**
   * Changes the draft, resolves with the new revision when the change is durable (volatile slices: at once).
   * Throws what `change` throws; then nothing has happened. `reason` stands in the history: `package.start`.
   */
  commit(reason: string, change: (draft: T) => void): Promise<number>;
  /** Calls after each commit that touched the slice; returns the undo. Listeners may not throw. */
  watch(listener: (value: T, rev: number) => void): () => void;
}

/** Keys that would reach an object's prototype; refused on commit and on receipt. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
