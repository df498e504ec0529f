/**
 * The one long connection to the host. The guest dials, for ever; effects wait out an outage of a minute.
 *
 * What was sent and not answered when the connection broke is sent again, except what must not happen twice.
 */
import { connect, type Socket } from 'node:net';
import { readLines } from './lines.ts';

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
interface Pending {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
  readonly since: number;
  sent: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (failure: RpcFailure) => void;
}
export interface HostMessage {
  readonly id?: string | number;
  readonly method: string;
  readonly params?: unknown;
}
export interface LinkOptions {
  readonly path: string;
  readonly hello: () => unknown;
  readonly hear: (message: HostMessage) => void;
  readonly note: (text: string) => void;
  /** Milliseconds an effect waits for a host that is away. */
  readonly patience?: number;
}

const once = new Set(['action.run', 'notification.create']);
const firstDelay = 50;
/** A kernel that is back is found within this: dialling in vain costs next to nothing. */
const longestDelay = 250;

export class Link {
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #patience: number;
  #socket: Socket | null = null;
  #greeted = false;
  #nextId = 1;
  #delay = firstDelay;
  #closed = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#patience = options.patience ?? 60_000;
    this.#dial();
  }

  get connected(): boolean {
    return this.#greeted;
  }

  /** @throws RpcFailure as the host answered, or kind `Network Error` after a minute without host */
  request(method: string, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { id: this.#nextId++, method, params, since: Date.now(), sent: false, resolve, reject };
      this.#pending.set(pending.id, pending);
      if (this.#greeted) this.#send(pending);
      else setTimeout(() => this.#giveUp(pending), this.#patience).unref();
    });
  }

  /** Answers a request of the host; while it is away the next hello tells. */
  answer(document: object): void {
    if (this.#greeted) this.#write(document);
  }

  close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (socket === null || socket.destroyed) return resolve();
      socket.end(() => resolve());
      setTimeout(resolve, 500).unref();
    });
  }

  #dial(): void {
    const socket = connect(this.#options.path);
    this.#socket = socket;
    socket.on('connect', () => {
      socket.write(`${JSON.stringify({ id: 0, method: 'hello', params: this.#options.hello() })}\n`);
    });
    readLines(socket, (message) => this.#hear(message as Record<string, unknown>));
    // The reason is in 'close', which follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
  }

  #lost(): void {
    if (this.#greeted) this.#options.note('The host is away');
    this.#greeted = false;
    this.#socket = null;
    for (const pending of this.#pending.values()) {
      if (pending.sent && once.has(pending.method)) this.#fail(pending, 'The host went away before it answered');
      else if (pending.sent) setTimeout(() => this.#giveUp(pending), this.#patience).unref();
      pending.sent = false;
    }
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#dial(), this.#delay);
    this.#delay = Math.min(longestDelay, this.#delay * 2);
  }

  #hear(message: Record<string, unknown>): void {
    if (typeof message['method'] === 'string') return this.#options.hear(message as unknown as HostMessage);
    if (message['id'] === 0) return this.#welcome(message);
    const pending = this.#pending.get(Number(message['id']));
    if (pending === undefined) return;
    this.#pending.delete(pending.id);
    if (message['error'] === undefined || message['error'] === null) pending.resolve(message['result'] ?? null);
    else pending.reject(message['error'] as RpcFailure);
  }

  #welcome(message: Record<string, unknown>): void {
    if (message['error'] !== undefined) {
      this.#options.note(`The host refuses this guest: ${JSON.stringify(message['error'])}`);
      this.#socket?.destroy();
      return;
    }
    this.#greeted = true;
    this.#delay = firstDelay;
    for (const pending of this.#pending.values()) this.#send(pending);
  }

  #send(pending: Pending): void {
    pending.sent = true;
    this.#write({ id: pending.id, method: pending.method, params: pending.params });
  }

  #write(document: object): void {
    this.#socket?.write(`${JSON.stringify(document)}\n`);
  }

  #giveUp(pending: Pending): void {
    if (pending.sent || !this.#pending.has(pending.id)) return;
    this.#fail(pending, 'The host is away');
  }

  #fail(pending: Pending, details: string): void {
    this.#pending.delete(pending.id);
    pending.reject({ code: 9, message: 'Network Error', data: { details } });
  }
}
