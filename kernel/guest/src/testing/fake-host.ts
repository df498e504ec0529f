/** A host for tests: serves the socket a guest dials, answers effects from a table, sends it requests. */
import { createServer, type Server, type Socket } from 'node:net';
import { readLines } from '../serve/lines.ts';

type Answer = (params: Record<string, unknown>) => unknown;
interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly data?: { readonly details?: string } };
}

export class FakeHost {
  readonly effects: { method: string; params: Record<string, unknown> }[] = [];
  readonly hellos: Record<string, unknown>[] = [];
  readonly answers: Record<string, Answer> = {};
  readonly #server: Server;
  readonly #waiting = new Map<string, (message: Message) => void>();
  readonly #arrivals: (() => void)[] = [];
  readonly path: string;
  #socket: Socket | null = null;
  #next = 1;

  constructor(path: string) {
    this.path = path;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  /** Until a guest has said hello (again). */
  greeted(): Promise<void> {
    return new Promise((resolve) => this.#arrivals.push(resolve));
  }

  request(method: string, params: unknown, id = `r${this.#next++}`): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (message) => {
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error.data?.details ?? message.error.message));
        this.send({ method: 'acknowledge', params: { request: id } });
      });
      this.send({ id, method, params });
    });
  }

  send(message: object): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  hangUp(): void {
    this.#socket?.destroy();
  }

  called(method: string): Record<string, unknown>[] {
    return this.effects.filter((effect) => effect.method === method).map(({ params }) => params);
  }

  async until(test: () => boolean, what: string, milliseconds = 10_000): Promise<void> {
    for (const end = Date.now() + milliseconds; !test(); ) {
      if (Date.now() > end) throw new Error(`Not within ${milliseconds} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): Promise<void> {
    this.#socket?.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    readLines(socket, (message) => this.#hear(socket, message as Message));
    socket.on('error', () => undefined);
  }

  #hear(socket: Socket, message: Message): void {
    if (message.method === undefined) {
      this.#waiting.get(String(message.id))?.(message);
      return;
    }
    const params = (message.params ?? {}) as Record<string, unknown>;
    if (message.method === 'hello') {
      this.#socket = socket;
      this.hellos.push(params);
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { serverTime: Date.now() } })}\n`);
      for (const arrived of this.#arrivals.splice(0)) arrived();
      return;
    }
    this.effects.push({ method: message.method, params });
    void this.#answer(socket, message.id, message.method, params);
  }

  async #answer(socket: Socket, id: unknown, method: string, params: Record<string, unknown>): Promise<void> {
    try {
      const result: unknown = (await this.answers[method]?.(params)) ?? null;
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      const failure = { code: 38, message: 'Invalid Request', data: { details } };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: failure })}\n`);
    }
  }
}
