/**
 * The client's copy of the state: applies frames in order, and knows when it has missed one.
 *
 * Pure: a browser, a command line and a test use the same. Objects along a changed path are new, everything else is
 * shared with the document before: `===` tells whether a part has changed.
 */
import { type Frame, forbiddenKeys, type Operation } from './state.ts';

export interface ReplicaState {
  readonly epoch: string;
  readonly rev: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** `resync`: the frame does not follow what is here; ask for a snapshot (a hello without `resume`). */
export type ReplicaOutcome = 'applied' | 'ignored' | 'resync' | 'refused';

export class Replica {
  #state: ReplicaState | null = null;
  readonly #watchers = new Set<(state: ReplicaState, before: ReplicaState | null) => void>();
  readonly #waiting = new Set<{ readonly rev: number; readonly resolve: () => void }>();

  /** Null until the first snapshot. */
  get state(): ReplicaState | null {
    return this.#state;
  }

  /** For the hello of the next connection. */
  get resume(): { readonly epoch: string; readonly rev: number } | undefined {
    return this.#state === null ? undefined : { epoch: this.#state.epoch, rev: this.#state.rev };
  }

  apply(frame: Frame): ReplicaOutcome {
    switch (frame.type) {
      case 'refused':
        return 'refused';
      case 'snapshot':
        this.#become({ epoch: frame.epoch, rev: frame.rev, value: frame.value });
        return 'applied';
      case 'patch':
        return this.#patch(frame);
    }
  }

  #patch(frame: Extract<Frame, { type: 'patch' }>): ReplicaOutcome {
    const state = this.#state;
    if (state?.epoch !== frame.epoch) return 'resync';
    if (frame.rev <= state.rev) return 'ignored';
    if (frame.from !== state.rev) return 'resync';
    try {
      this.#become({ epoch: frame.epoch, rev: frame.rev, value: applyOperations(state.value, frame.ops) });
      return 'applied';
    } catch {
      return 'resync';
    }
  }

  /** Calls after every frame that was applied; returns the undo. */
  watch(listener: (state: ReplicaState, before: ReplicaState | null) => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  /** Resolves when the replica has reached `rev` (a call that committed answers it), or after `atMostMs` anyway. */
  reached(rev: number, atMostMs = 2000): Promise<void> {
    if (this.#state !== null && this.#state.rev >= rev) return Promise.resolve();
    return new Promise((resolve) => {
      const entry = {
        rev,
        resolve: () => {
          clearTimeout(timer);
          this.#waiting.delete(entry);
          resolve();
        },
      };
      const timer = setTimeout(entry.resolve, atMostMs);
      this.#waiting.add(entry);
    });
  }

  #become(state: ReplicaState): void {
    const before = this.#state;
    this.#state = state;
    for (const entry of [...this.#waiting]) if (state.rev >= entry.rev) entry.resolve();
    for (const watcher of [...this.#watchers]) watcher(state, before);
  }
}

/**
 * A new document with the operations applied; what they do not touch is shared with `value`.
 * Throws a RangeError for a path that does not fit or a key that would reach a prototype.
 */
export function applyOperations(
  value: Readonly<Record<string, unknown>>,
  ops: readonly Operation[],
): Readonly<Record<string, unknown>> {
  const copies = new Set<object>();
  const own = (container: unknown): Record<string | number, unknown> => {
    if (typeof container !== 'object' || container === null) throw new RangeError('path does not fit the document');
    if (copies.has(container)) return container as Record<string, unknown>;
    const copy = Array.isArray(container) ? [...(container as unknown[])] : { ...container };
    copies.add(copy);
    return copy;
  };
  const root = own(value);
  for (const op of ops) {
    const path = op[0];
    const last = path.at(-1);
    if (last === undefined) throw new RangeError('empty path');
    let at = root;
    for (const [depth, key] of path.entries()) {
      if (forbiddenKeys.has(String(key))) throw new RangeError('forbidden key');
      if (depth === path.length - 1) break;
      const next = own(Object.hasOwn(at, key) ? at[key] : undefined);
      at[key] = next;
      at = next;
    }
    if (op.length === 1) delete at[last];
    else at[last] = op[1];
  }
  return root;
}
