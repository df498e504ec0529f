/** What a kernel's jobs and services stand on, for tests that kill it: the real store on a journal that outlives it. */
import type { EventMap, Events, Log } from '@hearth/contract';
import type { Journal } from '../../state/journal.ts';
import { MemoryJournal } from '../../state/memory-journal.ts';
import { openStore, type Store } from '../../state/store.ts';

export interface DyingStore {
  readonly store: Store;
  /** From now on nothing more gets into the journal. */
  die(): void;
  /** The process dies here. The store of its successor. */
  crash(): Promise<DyingStore>;
}

/** Called around each write; whoever throws in it, or never returns, is the disk. */
export interface WriteWatch {
  before(): Promise<void> | void;
  after(): Promise<void> | void;
}

export async function dyingStore(disk: Journal = new MemoryJournal(), watch?: WriteWatch): Promise<DyingStore> {
  let alive = true;
  const lives = (): boolean => alive;
  let writing: Promise<number> = Promise.resolve(0);
  const never = new Promise<never>(() => undefined);
  const append = async (rows: Parameters<Journal['append']>[0]): Promise<number> => {
    await watch?.before();
    if (!lives()) return never;
    writing = disk.append(rows);
    const written = await writing;
    await watch?.after();
    return lives() ? written : never;
  };
  const journal: Journal = {
    open: () => disk.open(),
    append,
    compact: (slices, seq, keep) => (alive ? disk.compact(slices, seq, keep) : Promise.resolve(0)),
    history: (options) => disk.history(options),
    close: () => Promise.resolve(),
  };
  return {
    store: await openStore(journal, { log: quietLog }),
    die: () => {
      alive = false;
    },
    crash: async () => {
      alive = false;
      await writing.catch(() => undefined);
      await disk.close();
      return dyingStore(disk, watch);
    },
  };
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
