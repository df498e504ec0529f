/**
 * Keeps promises that somebody waits for.
 *
 * quickjs-ng 0.32 takes a suspended async function for garbage, and frees it, when all that leads to it is a function that
 * captured one of its variables: `let wake; ask(() => wake()); await new Promise((done) => (wake = done))`. The SDK of
 * StartOS waits like this, and so does any script. Newer ones do not (quickjs-ng pull request 1569). Whatever is pending
 * is therefore held from here: it leads to all that waits for it.
 */

/** Of those that nobody settles the oldest are let go: they would fill the script's memory. */
const most = 20_000;
const pending = new Set<object>();

type Settle = (value?: unknown) => void;
type Executor = (resolve: Settle, reject: Settle) => void;

/** To be called before anything else of the prelude keeps `Promise` for itself. */
export function holdPending(): void {
  const Native = Promise;
  const hold = (promise: object): void => {
    pending.add(promise);
    if (pending.size > most) for (const oldest of pending) return void pending.delete(oldest);
  };

  function Held(this: unknown, executor: Executor): object {
    if ((new.target as unknown) === undefined)
      throw new TypeError("Promise constructor cannot be invoked without 'new'");
    if (typeof executor !== 'function') return Reflect.construct(Native, [executor], new.target) as object;
    const state: { settled: boolean; made: object | null } = { settled: false, made: null };
    const settling =
      (settle: Settle): Settle =>
      (value) => {
        state.settled = true;
        if (state.made !== null) pending.delete(state.made);
        settle(value);
      };
    const run: Executor = (resolve, reject) => executor(settling(resolve), settling(reject));
    const made = Reflect.construct(Native, [run], new.target === Held ? Native : new.target) as object;
    state.made = made;
    if (!state.settled) hold(made);
    return made;
  }

  const statics = ['all', 'allSettled', 'any', 'race', 'reject', 'resolve', 'try'] as const;
  for (const name of statics) {
    const own = Reflect.get(Native, name) as ((...args: unknown[]) => unknown) | undefined;
    if (own === undefined) continue;
    define(name, function (this: unknown, ...args) {
      return Reflect.apply(own, this === Held ? Native : this, args);
    });
  }
  define('withResolvers', function (this: unknown) {
    let resolve: Settle = () => undefined;
    let reject: Settle = () => undefined;
    const promise = Reflect.construct(this as typeof Native, [
      (...both: [Settle, Settle]) => {
        [resolve, reject] = both;
      },
    ]);
    return { promise, resolve, reject };
  });
  Object.defineProperty(Held, Symbol.species, {
    configurable: true,
    get(this: unknown) {
      return this;
    },
  });
  Object.defineProperty(Held, 'name', { value: 'Promise', configurable: true });
  Object.defineProperty(Held, 'prototype', { value: Native.prototype, writable: false });
  globalThis.Promise = Held as unknown as typeof Promise;

  function define(name: string, value: (this: unknown, ...args: unknown[]) => unknown): void {
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(Held, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
