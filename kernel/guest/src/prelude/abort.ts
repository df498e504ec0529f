/* eslint-disable no-console -- the script's own console, which is its log */
/** Events and abort signals as browsers and Node have them. */
type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };
interface ListenOptions {
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

export class Event {
  readonly type: string;
  readonly timeStamp = Date.now();
  readonly bubbles = false;
  readonly cancelable: boolean;
  target: unknown = null;
  currentTarget: unknown = null;
  defaultPrevented = false;
  stopped = false;

  constructor(type: string, options: { cancelable?: boolean } = {}) {
    this.type = type;
    this.cancelable = options.cancelable === true;
  }

  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }

  stopPropagation(): void {
    // There is one target and nothing above it.
  }

  stopImmediatePropagation(): void {
    this.stopped = true;
  }
}

export class CustomEvent extends Event {
  readonly detail: unknown;

  constructor(type: string, options: { detail?: unknown; cancelable?: boolean } = {}) {
    super(type, options);
    this.detail = options.detail ?? null;
  }
}

export class EventTarget {
  readonly #listeners = new Map<string, Map<Listener, boolean>>();

  addEventListener(type: string, listener: Listener | null, options: boolean | ListenOptions = {}): void {
    if (listener === null) return;
    const { once = false, signal } = typeof options === 'boolean' ? {} : options;
    if (signal?.aborted === true) return;
    const known = this.#listeners.get(type) ?? new Map<Listener, boolean>();
    this.#listeners.set(type, known);
    if (!known.has(listener)) known.set(listener, once);
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener), { once: true });
  }

  /** Those of one type, for `events.getEventListeners`. */
  listenersOf(type: string): Listener[] {
    return [...(this.#listeners.get(type)?.keys() ?? [])];
  }

  removeEventListener(type: string, listener: Listener | null): void {
    if (listener !== null) this.#listeners.get(type)?.delete(listener);
  }

  dispatchEvent(event: Event): boolean {
    event.target = this;
    event.currentTarget = this;
    for (const [listener, once] of [...(this.#listeners.get(event.type) ?? [])]) {
      if (event.stopped) break;
      if (once) this.removeEventListener(event.type, listener);
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        console.error(error);
      }
    }
    const handler = (this as unknown as Record<string, unknown>)[`on${event.type}`];
    if (typeof handler === 'function') handler.call(this, event);
    return !event.defaultPrevented;
  }
}

export class DOMException extends Error {
  readonly code: number;

  constructor(message = '', name = 'Error') {
    super(message);
    this.name = name;
    this.code = name === 'AbortError' ? 20 : name === 'TimeoutError' ? 23 : name === 'DataCloneError' ? 25 : 0;
  }
}

const make = Symbol('make');

export class AbortSignal extends EventTarget {
  aborted = false;
  reason: unknown = undefined;
  onabort: ((event: Event) => void) | null = null;

  constructor(key?: symbol) {
    super();
    if (key !== make) throw new TypeError('Illegal constructor');
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  static create(): AbortSignal {
    return new AbortSignal(make);
  }

  static abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): AbortSignal {
    const signal = AbortSignal.create();
    fire(signal, reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignal {
    const signal = AbortSignal.create();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => fire(signal, reason), milliseconds);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const together = AbortSignal.create();
    for (const signal of signals) {
      if (signal.aborted) fire(together, signal.reason);
      else signal.addEventListener('abort', () => fire(together, signal.reason), { once: true });
    }
    return together;
  }
}

function fire(signal: AbortSignal, reason: unknown): void {
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason;
  signal.dispatchEvent(new Event('abort'));
}

export class AbortController {
  readonly signal = AbortSignal.create();

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    fire(this.signal, reason);
  }
}
