/** `http` and `https`: requests. */
import { Buffer } from 'buffer';
import { EventEmitter } from 'events';
import { begin, close, command, errorOf, type OnEvent } from './host.ts';
import { IncomingMessage, quietSocket } from './http-message.ts';
import { MessageEvent } from './message-channel.ts';
import { plainOptions, Socket } from './net.ts';
import { Writable } from './stream.ts';
import { statusTexts } from './status.ts';
import { WebSocket } from './websocket.ts';
import type { ErrorShape } from '../files/error.ts';

type Options = Record<string, unknown>;
type Listener = (...args: unknown[]) => void;

const wordOf = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

const methods =
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  );

class Agent extends EventEmitter {
  readonly options: Options;
  readonly sockets = {};
  readonly requests = {};
  maxSockets = Infinity;

  constructor(options: Options = {}) {
    super();
    this.options = options;
  }

  destroy(): void {
    // Connections are the host's: none outlives its request.
  }
}

class ClientRequest extends Writable {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol: string;
  reusedSocket = false;
  aborted = false;
  finishedHeaders = false;
  readonly #options: Options;
  readonly #headers = new Map<string, { name: string; value: unknown }>();
  #id: number | null = null;
  #timeout: number | null = null;
  #message: IncomingMessage | null = null;
  /** Who hears of the connection once it was taken over. */
  #taken: OnEvent | null = null;
  /** Nothing but something to listen at: the connection itself is the host's. */
  readonly socket = Object.assign(new EventEmitter(), quietSocket);

  constructor(options: Options, listener: Listener | undefined) {
    // Written to its end it goes on: the answer is still to come.
    super({ autoDestroy: false });
    this.#options = options;
    this.method = wordOf(options['method'], 'GET').toUpperCase();
    this.path = wordOf(options['path'], '/');
    this.host = wordOf(options['hostname'] ?? options['host'], 'localhost');
    this.protocol = wordOf(options['protocol'], 'http:');
    for (const [name, value] of Object.entries((options['headers'] ?? {}) as Options)) this.setHeader(name, value);
    if (listener !== undefined) this.once('response', listener);
    const { signal } = options as { signal?: AbortSignal };
    signal?.addEventListener('abort', () => this.destroy(new Error('The operation was aborted')));
  }

  setHeader(name: string, value: unknown): this {
    this.#headers.set(name.toLowerCase(), { name, value });
    return this;
  }

  getHeader(name: string): unknown {
    return this.#headers.get(name.toLowerCase())?.value;
  }

  getHeaders(): Options {
    return Object.fromEntries([...this.#headers].map(([name, { value }]) => [name, value]));
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  flushHeaders(): void {
    this.#start();
  }

  #start(): number {
    if (this.#id !== null) return this.#id;
    const { agent } = this.#options as { agent?: Agent };
    const headers = Object.fromEntries([...this.#headers.values()].map(({ name, value }) => [name, value]));
    const wanted = {
      ...plainOptions(agent?.options ?? {}),
      ...plainOptions(this.#options),
      host: this.host,
      protocol: this.protocol,
      method: this.method,
      path: this.path,
      headers,
    };
    this.#id = begin('http.request', [wanted], (event, value, bytes) => this.#hear(event, value, bytes));
    queueMicrotask(() => this.emit('socket', this.socket));
    if (this.#timeout !== null) command(this.#id, 'timeout', [this.#timeout]);
    return this.#id;
  }

  #hear(event: string, value: unknown, bytes: Uint8Array | null): void {
    if (this.#taken !== null) return this.#taken(event, value, bytes);
    switch (event) {
      case 'response':
        this.#message = new IncomingMessage(value as Options);
        this.emit('response', this.#message);
        break;
      case 'continue':
        this.emit('continue');
        break;
      case 'upgrade':
        this.#upgrade(value as Options, bytes);
        break;
      case 'data':
        this.#message?.push(bytes === null ? null : Buffer.from(bytes.buffer as ArrayBuffer));
        break;
      case 'end':
        this.#message?.end();
        break;
      case 'aborted':
        this.#message?.destroy(errorOf(value as ErrorShape));
        break;
      case 'timeout':
        this.emit('timeout');
        break;
      case 'error':
        this.destroy(errorOf(value as ErrorShape));
        break;
      case 'close':
        this.#id = null;
        this.destroy();
    }
  }

  /** From here on the connection is the script's, to speak another protocol over. */
  #upgrade(head: Options, early: Uint8Array | null): void {
    const id = this.#id;
    if (id === null) return;
    this.#id = null;
    const socket = new Socket();
    const hear = socket.adopt(id);
    this.#taken = hear;
    const message = new IncomingMessage(head);
    if (this.listenerCount('upgrade') === 0) socket.destroy();
    else this.emit('upgrade', message, socket, Buffer.from(early ?? []));
    this.destroy();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    command(this.#start(), 'write', [], chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    command(this.#start(), 'end');
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#id !== null) close(this.#id);
    this.#id = null;
    done(error);
  }

  abort(): void {
    this.aborted = true;
    this.destroy();
  }

  setTimeout(milliseconds: number, listener?: Listener): this {
    this.#timeout = milliseconds;
    if (this.#id !== null) command(this.#id, 'timeout', [milliseconds]);
    if (listener !== undefined) this.once('timeout', listener);
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setSocketKeepAlive(): this {
    return this;
  }
}

function optionsOf(address: unknown): Options {
  if (typeof address === 'string') return optionsOf(new URL(address));
  const { href, protocol, hostname, port, pathname, search, username, password } = address as URL;
  if (typeof href !== 'string' || typeof pathname !== 'string') return address as Options;
  return {
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    path: `${pathname}${search}`,
    ...(port !== '' && { port: Number(port) }),
    ...(username !== '' && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
  };
}

function noServer(): never {
  throw Object.assign(new Error("Servers belong to a service's programs: a package's script opens none"), {
    code: 'ENOSYS',
  });
}

function checkHeader(fine: boolean, name: unknown): void {
  if (!fine)
    throw Object.assign(new TypeError(`Header name or value must be valid ["${String(name)}"]`), {
      code: 'ERR_INVALID_HTTP_TOKEN',
    });
}

function moduleOf(protocol: 'http:' | 'https:'): Record<string, unknown> {
  const request = (...args: unknown[]): ClientRequest => {
    const listener = typeof args.at(-1) === 'function' ? (args.pop() as Listener) : undefined;
    const [address, more] = args;
    const options = { protocol, ...optionsOf(address), ...((more ?? {}) as Options) };
    return new ClientRequest(options, listener);
  };
  const get = (...args: unknown[]): ClientRequest => {
    const made = request(...args);
    made.end();
    return made;
  };
  return {
    request,
    get,
    Agent,
    globalAgent: new Agent(),
    ClientRequest,
    IncomingMessage,
    STATUS_CODES: statusTexts,
    OutgoingMessage: Writable,
    Server: noServer,
    ServerResponse: noServer,
    maxHeaderSize: 16_384,
    setMaxIdleHTTPParsers: () => undefined,
    validateHeaderName: (name: unknown) =>
      checkHeader(typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name), name),
    validateHeaderValue: (name: unknown, value: unknown) => checkHeader(value !== undefined, name),
    setGlobalProxyFromEnv: () => () => undefined,
    WebSocket,
    MessageEvent,
    CloseEvent: MessageEvent,
    METHODS: methods,
    createServer: noServer,
  };
}

export const http = moduleOf('http:');
export const https = moduleOf('https:');
