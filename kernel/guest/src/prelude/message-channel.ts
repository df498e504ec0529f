/** `MessageChannel` within the one thread there is, and what `worker_threads` says of it. */
import structuredClone from 'core-js-pure/actual/structured-clone';
import { Event, EventTarget } from './abort.ts';
import { refusing } from './refused.ts';

export class MessageEvent extends Event {
  readonly data: unknown;

  constructor(type: string, options: { data?: unknown } = {}) {
    super(type);
    this.data = options.data ?? null;
  }
}

type Hear = (value: unknown) => void;

const dataOf = (event: Event): unknown => (event instanceof MessageEvent ? event.data : undefined);

export class MessagePort extends EventTarget {
  onmessage: ((event: Event) => void) | null = null;
  readonly #hearers = new Map<Hear, (event: Event) => void>();
  #other: MessagePort | null = null;
  readonly #kept: unknown[] = [];

  static pair(): [MessagePort, MessagePort] {
    const [one, other] = [new MessagePort(), new MessagePort()];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  postMessage(message: unknown): void {
    const to = this.#other;
    if (to === null) return;
    to.#kept.push(structuredClone(message));
    setImmediate(() => to.#deliver());
  }

  #deliver(): void {
    if (this.#kept.length > 0) this.dispatchEvent(new MessageEvent('message', { data: this.#kept.shift() }));
  }

  /** The next message, if one is there. */
  take(): { message: unknown } | undefined {
    return this.#kept.length === 0 ? undefined : { message: this.#kept.shift() };
  }

  close(): void {
    const other = this.#other;
    this.#other = null;
    if (other === null) return;
    other.#other = null;
    setImmediate(() => {
      for (const port of [this, other]) port.dispatchEvent(new Event('close'));
    });
  }

  on(name: string, hear: Hear): this {
    const listener = (event: Event): void => hear(dataOf(event));
    this.#hearers.set(hear, listener);
    this.addEventListener(name, listener);
    return this;
  }

  once(name: string, hear: Hear): this {
    this.addEventListener(name, (event) => hear(dataOf(event)), { once: true });
    return this;
  }

  off(name: string, hear: Hear): this {
    this.removeEventListener(name, this.#hearers.get(hear) ?? null);
    return this;
  }

  start(): void {
    // It delivers from the beginning.
  }

  ref(): void {
    // A script never ends by itself.
  }

  unref(): void {
    // A script never ends by itself.
  }
}

export class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;

  constructor() {
    [this.port1, this.port2] = MessagePort.pair();
  }
}

export const workerThreads = {
  isMainThread: true,
  parentPort: null,
  workerData: null,
  threadId: 0,
  resourceLimits: {},
  Worker: refusing('worker_threads.Worker'),
  BroadcastChannel: refusing('worker_threads.BroadcastChannel'),
  moveMessagePortToContext: refusing('worker_threads.moveMessagePortToContext'),
  postMessageToThread: refusing('worker_threads.postMessageToThread'),
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  MessageChannel,
  MessagePort,
  receiveMessageOnPort: (port: MessagePort) => port.take(),
  markAsUntransferable: () => undefined,
  markAsUncloneable: () => undefined,
  isMarkedAsUntransferable: () => false,
  isInternalThread: false,
  getEnvironmentData: () => undefined,
  setEnvironmentData: () => undefined,
};
