/** Timers as Node has them: objects with `ref`, `unref`, `refresh`, that turn into a number. */
import { begin, close } from './host.ts';

type Task = (...args: unknown[]) => void;

const live = new Map<number, Timer>();
let report: (error: unknown) => void = () => undefined;

/** What becomes of an error thrown by a timer's task. */
export function onTaskError(handler: (error: unknown) => void): void {
  report = handler;
}

export class Timer {
  #id = 0;
  readonly #task: Task;
  readonly #args: unknown[];
  readonly #delay: number;
  readonly #repeats: boolean;

  constructor(task: Task, delay: unknown, args: unknown[], kind: 'once' | 'repeats' | 'immediate') {
    const wanted = Number(delay);
    this.#task = task;
    this.#args = args;
    const usual = wanted >= 1 && wanted <= 2_147_483_647 ? Math.trunc(wanted) : 1;
    this.#delay = kind === 'immediate' ? 0 : usual;
    this.#repeats = kind === 'repeats';
    this.#start();
  }

  #start(): void {
    this.#id = begin('timer', [this.#delay, this.#repeats], () => {
      if (!this.#repeats) live.delete(this.#id);
      try {
        this.#task(...this.#args);
      } catch (error) {
        report(error);
      }
    });
    live.set(this.#id, this);
  }

  stop(): void {
    if (live.delete(this.#id)) close(this.#id);
  }

  refresh(): this {
    this.stop();
    this.#start();
    return this;
  }

  close(): this {
    this.stop();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }
}

function stop(timer: unknown): void {
  if (timer instanceof Timer) timer.stop();
  else if (typeof timer === 'number' || typeof timer === 'string') live.get(Number(timer))?.stop();
}

function checked(task: unknown): Task {
  if (typeof task === 'function') return task as Task;
  throw Object.assign(new TypeError('The "callback" argument must be of type function'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export const setTimeout = (task: unknown, delay?: unknown, ...args: unknown[]): Timer =>
  new Timer(checked(task), delay, args, 'once');
export const setInterval = (task: unknown, delay?: unknown, ...args: unknown[]): Timer =>
  new Timer(checked(task), delay, args, 'repeats');
export const setImmediate = (task: unknown, ...args: unknown[]): Timer =>
  new Timer(checked(task), 0, args, 'immediate');
export const clearTimeout = stop;
export const clearInterval = stop;
export const clearImmediate = stop;

interface Abortable {
  readonly signal?: AbortSignal;
}

function delayed(milliseconds: number, value: unknown, { signal }: Abortable = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const timer = setTimeout(() => resolve(value), milliseconds);
    signal?.addEventListener('abort', () => {
      timer.stop();
      reject(signal.reason as Error);
    });
  });
}

async function* ticks(milliseconds: number, value: unknown, options: Abortable = {}): AsyncGenerator {
  for (;;) yield await delayed(milliseconds, value, options);
}

export const promises = {
  setTimeout: (milliseconds = 1, value?: unknown, options?: Abortable) => delayed(milliseconds, value, options),
  setImmediate: (value?: unknown, options?: Abortable) => delayed(0, value, options),
  setInterval: (milliseconds = 1, value?: unknown, options?: Abortable) => ticks(milliseconds, value, options),
  scheduler: {
    wait: (milliseconds: number, options?: Abortable) => delayed(milliseconds, undefined, options),
    yield: () => delayed(0, undefined),
  },
};
