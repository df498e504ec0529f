/** On whose behalf the running code works: commits write it down. */
import { AsyncLocalStorage } from 'node:async_hooks';

const callers = new AsyncLocalStorage<string>();

/** `who`: `user owner`, `root`. */
export function onBehalfOf<T>(who: string, work: () => T): T {
  return callers.run(who, work);
}

/** Undefined for what the kernel does by itself. */
export function currentCaller(): string | undefined {
  return callers.getStore();
}
