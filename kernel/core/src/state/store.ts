/**
 * The state of the machine: one document of slices, one writer, durable before anyone hears of it.
 */
import type { Operation, Slice, SliceDefinition } from '@hearth/contract';

/** One commit, as those who follow the document see it: public slices only. */
export interface Patch {
  readonly rev: number;
  readonly ops: readonly Operation[];
}

export interface Store {
  /** Fixed for the life of this process: revisions of another epoch mean nothing. */
  readonly epoch: string;
  /** Of the latest announced commit. */
  readonly rev: number;
  /**
   * Claims a slice: what was journalled under its name, else its initial value. Synchronous: the journal is in memory
   * since the store was opened. Throws `state.sliceTaken`, `state.sliceInvalid`.
   */
  slice<T>(definition: SliceDefinition<T>): Slice<T>;
  /** The public document as of `rev`. */
  snapshot(): { readonly epoch: string; readonly rev: number; readonly value: Record<string, unknown> };
  /** Calls with every public patch, in order, in the same turn as it becomes readable; returns the undo. */
  follow(listener: (patch: Patch) => void): () => void;
}
