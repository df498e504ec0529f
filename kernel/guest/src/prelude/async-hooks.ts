/**
 * `async_hooks`, as far as an engine without hooks allows: a store is there for whatever runs at once within `run`, for
 * what `then`, timers and ticks were given there to do later, and for what `bind`, `snapshot` and resources carry over
 * by hand. It does not pass an `await`: the engine goes on after one by itself, and tells nobody.
 */
import { process } from './process.ts';

type Task = (this: unknown, ...args: unknown[]) => unknown;

const stores = new Map<AsyncLocalStorage, unknown>();

function within(values: ReadonlyMap<AsyncLocalStorage, unknown>, run: () => unknown): unknown {
  const before = new Map(stores);
  stores.clear();
  for (const [storage, value] of values) stores.set(storage, value);
  try {
    return run();
  } finally {
    stores.clear();
    for (const [storage, value] of before) stores.set(storage, value);
  }
}

/** What was given while stores were there, with those stores. */
function carried(task: unknown): unknown {
  if (stores.size === 0 || typeof task !== 'function') return task;
  return AsyncLocalStorage.bind(task as Task);
}

let carrying = false;

/** From the first storage on: scripts without one pay nothing. */
function carryOn(): void {
  if (carrying) return;
  carrying = true;
  const then = Reflect.get(Promise.prototype, 'then') as Task;
  const wrapped = {
    then(this: Promise<unknown>, done?: unknown, failed?: unknown) {
      return then.call(this, carried(done), carried(failed));
    },
  };
  Reflect.defineProperty(Promise.prototype, 'then', {
    value: Reflect.get(wrapped, 'then'),
    writable: true,
    configurable: true,
  });
  const owners: readonly (readonly [object, readonly string[]])[] = [
    [globalThis, ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']],
    [process, ['nextTick']],
  ];
  for (const [owner, names] of owners)
    for (const name of names) {
      const given = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
      const later = (task: unknown, ...args: unknown[]): unknown => given.call(owner, carried(task), ...args);
      Object.defineProperty(owner, name, { value: Object.assign(later, given), writable: true, configurable: true });
    }
}

export class AsyncLocalStorage {
  constructor() {
    carryOn();
  }

  static bind(task: Task): Task {
    const kept = new Map(stores);
    return function (this: unknown, ...args: unknown[]) {
      return within(kept, () => task.apply(this, args));
    };
  }

  static snapshot(): (task: Task, ...args: unknown[]) => unknown {
    const kept = new Map(stores);
    return (task, ...args) => within(kept, () => task(...args));
  }

  run(store: unknown, task: Task, ...args: unknown[]): unknown {
    return within(new Map(stores).set(this, store), () => task(...args));
  }

  exit(task: Task, ...args: unknown[]): unknown {
    return this.run(undefined, task, ...args);
  }

  enterWith(store: unknown): void {
    stores.set(this, store);
  }

  getStore(): unknown {
    return stores.get(this);
  }

  disable(): void {
    stores.delete(this);
  }
}

let nextId = 2;

export class AsyncResource {
  readonly type: string;
  readonly #id = nextId++;
  readonly #kept = new Map(stores);

  constructor(type: string) {
    this.type = type;
  }

  static bind(task: Task): Task {
    return AsyncLocalStorage.bind(task);
  }

  runInAsyncScope(task: Task, self?: unknown, ...args: unknown[]): unknown {
    return within(this.#kept, () => task.apply(self, args));
  }

  bind(task: Task): Task {
    return (...args) => this.runInAsyncScope(task, undefined, ...args);
  }

  emitDestroy(): this {
    return this;
  }

  asyncId(): number {
    return this.#id;
  }

  triggerAsyncId(): number {
    return 1;
  }
}

const hook = {
  enable: () => hook,
  disable: () => hook,
};

export const asyncHooks = {
  AsyncLocalStorage,
  AsyncResource,
  createHook: () => hook,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  asyncWrapProviders: {},
};
