/** Values that change under a script: read once, followed, or relied on. */
import type { Effects } from './effects.ts';

/** A value that may change: read once, followed, or relied on. */
export interface Reactive<T> {
  /** As it is now. */
  once(): Promise<T>;
  /**
   * As it is now, relied on: when it becomes another value, what asked for it is run again. In `prepare` that is `prepare`;
   * in a daemon's `command` or `env` the service is restarted. In actions, which are over by then, nothing happens.
   */
  const(): Promise<T>;
  /** Now, and each time it is another one; until `signal`, or until the hook or the service that asked is over. */
  watch(signal?: AbortSignal): AsyncGenerator<T, void, void>;
  /** Calls `listener` with each later value. @returns what ends it */
  onChange(listener: (value: T) => void | Promise<void>): () => void;
  /** Resolves with the first value that is `wanted`, which may be the one of now. */
  until(wanted: (value: T) => boolean): Promise<T>;
  /** A part of it, which changes only when that part does. */
  map<U>(pick: (value: T) => U): Reactive<U>;
}

/** Who wants to know, until `signal`, that a value may be another one now; told at most once. */
export interface Follower {
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** Reads a value; with a follower, nothing that happens to it afterwards is missed. */
export type Source<T> = (follower: Follower | null) => Promise<T>;

/** For effects, which are followed by a function they call once. */
export function callbackOf(follower: Follower | null): { readonly callback?: () => void } {
  return follower === null ? {} : { callback: follower.changed };
}

export function reactive<T>(effects: Effects, source: Source<T>, log: (text: string) => void): Reactive<T> {
  const once = () => source(null);

  async function* watch(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    let wake: () => void = () => undefined;
    const stop = new AbortController();
    const end = () => {
      stop.abort();
      wake();
    };
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true || effects.isInContext === false) end();
    else effects.onLeaveContext?.(end);
    let last: { readonly value: T } | null = null;
    try {
      while (!stop.signal.aborted) {
        const change = new Promise<void>((resolve) => (wake = resolve));
        const value = await source({ changed: wake, signal: stop.signal });
        if (last === null || !same(last.value, value)) yield value;
        last = { value };
        if (!isOver()) await change;
      }
    } finally {
      stop.abort();
      signal?.removeEventListener('abort', end);
    }

    function isOver(): boolean {
      return stop.signal.aborted;
    }
  }

  return {
    once,
    watch,
    async const() {
      const retry = effects.constRetry;
      if (retry === undefined) return once();
      const values = watch();
      const first = await values.next();
      if (first.done === true) return once();
      const second = (): void =>
        void values.next().then(
          ({ done }) => {
            if (done !== true) retry();
            return values.return();
          },
          (error: unknown) => {
            // It changed into what cannot be read: whoever relies on it finds out by itself, and says so.
            log(error instanceof Error ? error.message : String(error));
            retry();
          },
        );
      second();
      return first.value;
    },
    onChange(listener) {
      const stop = new AbortController();
      void (async () => {
        let first = true;
        for await (const value of watch(stop.signal)) {
          if (!first) await listener(value);
          first = false;
        }
      })().catch((error: unknown) => log(error instanceof Error ? error.message : String(error)));
      return () => stop.abort();
    },
    async until(wanted) {
      for await (const value of watch()) if (wanted(value)) return value;
      throw new Error('What waited for a value is over');
    },
    map: (pick) => reactive(effects, async (follower) => pick(await source(follower)), log),
  };
}

/** Deep, and by own keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}
