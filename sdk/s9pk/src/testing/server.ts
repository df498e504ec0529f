/** A web server for tests that serves one file and misbehaves on demand. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Behaviour {
  /** Knows ranges; true unless told. */
  ranges?: boolean;
  /** Tells the length; true unless told. */
  length?: boolean;
  etag?: () => string;
  /** Breaks the connection of request number n (from 1) after so many bytes; null: it does not. */
  cut?: (request: number) => number | null;
  /** Answers with this status instead. */
  status?: (request: number) => number | null;
  /** Sends this many bytes more than were asked for. */
  surplus?: number;
  /** Sends no byte after the headers. */
  silent?: boolean;
}

export class TestServer {
  requests = 0;
  /** Bytes of bodies. */
  sent = 0;
  bytes: Uint8Array;
  behaviour: Behaviour;
  readonly #server: Server;

  private constructor(bytes: Uint8Array, behaviour: Behaviour) {
    this.bytes = bytes;
    this.behaviour = behaviour;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(bytes: Uint8Array, behaviour: Behaviour = {}): Promise<TestServer> {
    const server = new TestServer(bytes, behaviour);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/package.s9pk`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    const { behaviour, bytes } = this;
    const status = behaviour.status?.(this.requests) ?? null;
    if (status !== null) {
      response.writeHead(status).end('refused');
      return;
    }
    if (behaviour.etag) response.setHeader('etag', behaviour.etag());
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range === null || behaviour.ranges === false) {
      if (behaviour.length !== false) response.setHeader('content-length', bytes.length);
      response.writeHead(200);
      this.#send(response, bytes);
      return;
    }
    const first = Number(range[1]);
    if (first >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${String(bytes.length)}` }).end();
      return;
    }
    const last = Math.min(Number(range[2]), bytes.length - 1);
    response.writeHead(206, { 'content-range': `bytes ${String(first)}-${String(last)}/${String(bytes.length)}` });
    this.#send(response, bytes.subarray(first, last + 1 + (behaviour.surplus ?? 0)));
  }

  #send(response: ServerResponse, body: Uint8Array): void {
    if (this.behaviour.silent === true) {
      response.flushHeaders();
      return;
    }
    const cut = this.behaviour.cut?.(this.requests) ?? null;
    const part = cut === null ? body : body.subarray(0, cut);
    this.sent += part.length;
    if (cut === null || cut >= body.length) response.end(part);
    else response.write(part, () => setTimeout(() => response.destroy(), 20));
  }
}
