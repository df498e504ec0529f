/** `events`: the npm twin of Node's emitter, and the functions Node has put beside it since. */
import twin from 'events';
import { EventTarget } from './abort.ts';

type Emitter = InstanceType<typeof twin>;
type Listener = (...args: unknown[]) => void;
interface Options {
  readonly signal?: AbortSignal;
  readonly close?: readonly string[];
}

const aborted = (signal: AbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });

/** Events as they come, until the signal, an `error`, or one of the closing events. */
async function* on(emitter: Emitter, name: string, options: Options = {}): AsyncGenerator<unknown[]> {
  const { signal, close = [] } = options;
  if (signal?.aborted === true) throw aborted(signal);
  const kept: unknown[][] = [];
  const state: { failure: unknown; over: boolean } = { failure: null, over: false };
  let wake: () => void = () => undefined;
  const hear: Listener = (...args) => {
    kept.push(args);
    wake();
  };
  const fail: Listener = (error) => {
    state.failure = error;
    wake();
  };
  const end: Listener = () => {
    state.over = true;
    wake();
  };
  const abort = (): void => fail(aborted(signal as AbortSignal));
  emitter.on(name, hear);
  if (name !== 'error') emitter.on('error', fail);
  for (const closing of close) emitter.on(closing, end);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const event = kept.shift();
      if (event !== undefined) yield event;
      else if (state.failure !== null) throw state.failure as Error;
      else if (state.over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    emitter.off(name, hear);
    emitter.off('error', fail);
    for (const closing of close) emitter.off(closing, end);
    signal?.removeEventListener('abort', abort);
  }
}

/** Taken before ours stands in its place. */
const plainOnce = Reflect.get(twin, 'once') as (emitter: Emitter, name: string) => Promise<unknown[]>;

function once(emitter: Emitter, name: string, { signal }: Options = {}): Promise<unknown[]> {
  if (signal?.aborted === true) return Promise.reject(aborted(signal));
  const waited = plainOnce(emitter, name);
  if (signal === undefined) return waited;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(aborted(signal)), { once: true });
    waited.then(resolve, reject);
  });
}

function addAbortListener(signal: AbortSignal, listener: () => void): Disposable {
  if (signal.aborted) queueMicrotask(listener);
  else signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
}

const errorMonitor = Symbol('events.errorMonitor');
export const events = Object.assign(twin as unknown as Record<string | symbol, unknown>, {
  EventEmitter: twin,
  EventEmitterAsyncResource: twin,
  on,
  once,
  addAbortListener,
  getEventListeners: (target: unknown, name: string) =>
    target instanceof EventTarget ? target.listenersOf(name) : (target as Emitter).listeners(name),
  getMaxListeners: (target: unknown) => (target instanceof EventTarget ? 10 : (target as Emitter).getMaxListeners()),
  setMaxListeners: (count: number, ...targets: unknown[]) => {
    for (const target of targets) if (!(target instanceof EventTarget)) (target as Emitter).setMaxListeners(count);
  },
  errorMonitor,
  captureRejectionSymbol: Symbol.for('nodejs.rejection'),
  captureRejections: false,
  usingDomains: false,
});

/** Who only watches errors hears them first, and does not count as one who deals with them. */
const plainEmit = Reflect.get(twin.prototype, 'emit') as (this: Emitter, ...args: unknown[]) => boolean;
function emit(this: Emitter, ...args: unknown[]): boolean {
  if (args[0] === 'error') plainEmit.call(this, errorMonitor, ...args.slice(1));
  return plainEmit.apply(this, args);
}
Object.defineProperty(twin.prototype, 'emit', { value: emit, writable: true, configurable: true });
