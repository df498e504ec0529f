/** What polyfills expect to find while they load, before the door to the host is open. */
import { holdPending } from './pending.ts';

holdPending();
const world = globalThis as Record<string, unknown>;
world['console'] ??= { log: () => undefined, warn: () => undefined, error: () => undefined };
world['performance'] ??= { now: () => Date.now(), timeOrigin: 0 };
export {};
