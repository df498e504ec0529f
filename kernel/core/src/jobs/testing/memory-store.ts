/** A store in memory that can lose its process: what was committed stays, what comes after is never heard of. */
import { deepEqual } from 'node:assert';
import type { Patch } from '../../state/store.ts';
import type { EventMap, Events, Log, Slice, SliceDefinition } from '@hearth/contract';

export class MemoryStore {
  readonly #kept: Map<string, unknown>;
  #dead = false;
  #rev = 0;
  readonly #open = new Map<string, () => unknown>();
  readonly #followers = new Set<(patch: Patch) => void>();

  constructor(kept: Map<string, unknown> = new Map()) {
    this.#kept = kept;
  }

  slice<T>(definition: SliceDefinition<T>): Slice<T> {
    const kept = definition.volatile === true ? undefined : (this.#kept.get(definition.name) as T | undefined);
    let value = structuredClone(kept ?? definition.initial);
    this.#open.set(definition.name, () => value);
    const listeners = new Set<(value: T, rev: number) => void>();
    return {
      name: definition.name,
      read: () => value,
      commit: async (_reason, change) => {
        // As the real one: readers see it later, but for volatile slices.
        if (definition.volatile !== true) await new Promise((resolve) => setImmediate(resolve));
        if (this.#gone()) return new Promise(() => undefined);
        const draft = structuredClone(value);
        change(draft);
        deepEqual(definition.schema.parse(draft), draft, `slice ${definition.name} holds what its schema drops`);
        value = structuredClone(draft);
        if (definition.volatile !== true) this.#kept.set(definition.name, structuredClone(draft));
        this.#rev += 1;
        for (const listener of listeners) listener(value, this.#rev);
        if (definition.private !== true) for (const follow of this.#followers) follow({ rev: this.#rev, ops: [] });
        return this.#rev;
      },
      watch: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
  }

  /** The value of a slice that somebody has opened. */
  peek(name: string): unknown {
    return this.#open.get(name)?.();
  }

  follow(listener: (patch: Patch) => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  #gone(): boolean {
    return this.#dead;
  }

  /** The process dies here; the store of its successor. */
  crash(): MemoryStore {
    this.#dead = true;
    return new MemoryStore(new Map([...this.#kept].map(([name, value]) => [name, structuredClone(value)])));
  }
}

export function memoryEvents(): Events & { readonly told: { event: string; value: unknown }[] } {
  const told: { event: string; value: unknown }[] = [];
  const listeners = new Map<string, Set<(value: never) => void | Promise<void>>>();
  return {
    told,
    on<K extends keyof EventMap>(event: K, listener: (value: EventMap[K]) => void | Promise<void>) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
    emit(event, value) {
      told.push({ event, value });
      for (const listener of listeners.get(event) ?? []) void listener(value as never);
    },
  };
}

export const quietLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => quietLog,
};
