/**
 * The door of one service's container: a socket in a folder the container sees read-only. The guest dials; one long
 * connection begins with `hello`, others carry effects only. Whoever can open the socket is that service.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { GuestHello, Log } from '@hearth/contract';
import { guestHello } from '@hearth/contract';
import { type Room, readLines, writeLine } from './lines.ts';
import { type Answer, Requests } from './requests.ts';

/** Effects of one connection at work at once; the socket is not read meanwhile. */
const maximumEffects = 256;
const maximumConnections = 64;
/** What all of them together may have begun to say. */
const roomForLines = 48 * 1024 * 1024;

export interface GuestLinkOptions {
  readonly service: string;
  /** `<run>/rpc/<service>`. */
  readonly folder: string;
  readonly log: Log;
  readonly now: () => number;
  /** Whether this is the guest that is expected. */
  accepts(hello: GuestHello): boolean;
  /** After hello was answered and both sides agree about the requests. */
  arrived(hello: GuestHello): void;
  /** The long connection closed. */
  lost(): void;
  /** One effect: its JSON-RPC answer, without the id. Never rejects. */
  effect(method: string, params: unknown): Promise<{ result: unknown } | { error: object }>;
}

export class GuestLink {
  readonly requests = new Requests();
  readonly #options: GuestLinkOptions;
  readonly #sockets = new Set<Socket>();
  readonly #room: Room = { left: roomForLines };
  #server: Server | null = null;
  #main: Socket | null = null;

  constructor(options: GuestLinkOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#main !== null;
  }

  /** Listens; a socket an earlier kernel left is replaced. Idempotent. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    const { folder } = this.#options;
    const path = join(folder, 'host.sock');
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.maxConnections = maximumConnections;
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await mkdir(folder, { recursive: true, mode: 0o755 });
    // Ids of the container are nobody's here: its root is "other" on this side.
    await chmod(folder, 0o755);
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
    await chmod(path, 0o666);
  }

  /** Hangs up; the folder stays for the next kernel, unless all of the service goes. */
  async close(options: { readonly remove: boolean }): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#main = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
    if (options.remove) await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** Asks the guest; waits through reconnects. Rejects when `signal` aborts or the container ends. */
  async ask(method: string, params: object, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    const { id, line, answer } = this.requests.begin(method, params);
    if (this.#main !== null) writeLine(this.#main, line);
    if (signal === undefined) return answer;
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => {
      this.requests.forget(id);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);
    try {
      return await Promise.race([answer, promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** A notification; dropped when nobody is there. */
  tell(method: string, params: object): void {
    if (this.#main !== null) writeLine(this.#main, { method, params });
  }

  /** Ends the long connection, if any: its guest is not the expected one any more. */
  hangUp(): void {
    this.#main?.destroy();
    this.#main = null;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let working = 0;
    const done = (): void => {
      working -= 1;
      if (working < maximumEffects && socket.isPaused() && !socket.writableNeedDrain) socket.resume();
    };
    // Who does not hear the answers is not asked for more.
    socket.on('drain', () => {
      if (working < maximumEffects) socket.resume();
    });
    socket.on('error', (error) => this.#options.log.debug({ err: error }, 'A guest connection failed'));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#main !== socket) return;
      this.#main = null;
      this.#options.lost();
    });
    readLines(
      socket,
      (document) => {
        if (typeof document['method'] !== 'string') return this.#answered(socket, document['id'], document);
        if (document['method'] === 'hello') return this.#hello(socket, document);
        if (document['method'] === 'result') return this.#offered(socket, document);
        working += 1;
        if (working >= maximumEffects || socket.writableNeedDrain) socket.pause();
        void this.#effect(socket, document['method'], document).finally(done);
      },
      this.#room,
    );
  }

  async #effect(socket: Socket, method: string, document: Record<string, unknown>): Promise<void> {
    const answer = await this.#options.effect(method, document['params']);
    if (!socket.writable) return this.#takeBack(method, answer);
    if (document['id'] !== undefined) writeLine(socket, { jsonrpc: '2.0', id: document['id'], ...answer });
  }

  /** The guest went away before it could hear of what was made for it, and will ask again: nobody would ever remove this one. */
  async #takeBack(method: string, answer: { result: unknown } | { error: object }): Promise<void> {
    if (method !== 'subcontainer.create-fs' || !('result' in answer)) return;
    const [, guid] = answer.result as [string, string];
    const undone = await this.#options.effect('subcontainer.destroy-fs', { guid });
    if ('error' in undone)
      this.#options.log.warn(
        { service: this.#options.service, guid, err: undone.error },
        'A subcontainer is left over',
      );
  }

  #hello(socket: Socket, document: Record<string, unknown>): void {
    const parsed = guestHello.safeParse(document['params']);
    if (!parsed.success || !this.#options.accepts(parsed.data)) {
      this.#options.log.warn({ service: this.#options.service }, 'A guest that nobody expected was turned away');
      socket.destroy();
      return;
    }
    const before = this.#main;
    this.#main = socket;
    before?.destroy();
    writeLine(socket, { jsonrpc: '2.0', id: document['id'] ?? null, result: { serverTime: this.#options.now() } });
    for (const line of this.requests.reconcile(parsed.data)) writeLine(socket, line);
    for (const { request } of parsed.data.results) this.#acknowledge(socket, request);
    this.#options.arrived(parsed.data);
  }

  #answered(socket: Socket, id: unknown, document: Record<string, unknown>): void {
    if (typeof id !== 'string' || socket !== this.#main) return;
    const { result, error } = document;
    this.requests.answer(id, error === undefined ? { result } : { error });
    this.#acknowledge(socket, id);
  }

  /** The same, asked for as a request of its own. */
  #offered(socket: Socket, document: Record<string, unknown>): void {
    const params = (document['params'] ?? {}) as Record<string, unknown>;
    this.#answered(socket, params['request'], params);
    if (document['id'] !== undefined) writeLine(socket, { jsonrpc: '2.0', id: document['id'], result: null });
  }

  #acknowledge(socket: Socket, request: string): void {
    writeLine(socket, { method: 'acknowledge', params: { request } });
  }
}
