/** A box of a few methods on a Unix socket, for tests of the commands that call one. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface Call {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
}

export type Methods = Record<string, (params: Record<string, unknown>, call: Call) => unknown>;

export class Refused extends Error {
  readonly rpc: { code: number; message: string; data: object };

  constructor(code: number, message: string, data: object) {
    super(message);
    this.rpc = { code, message, data };
  }
}

export class TestBox {
  readonly calls: Call[] = [];
  /** Bytes of uploads. */
  readonly uploads: Buffer[] = [];
  readonly socket: string;
  readonly #server: Server;

  private constructor(socket: string, methods: Methods) {
    this.socket = socket;
    this.#server = createServer((request, response) => void this.#answer(request, response, methods));
  }

  static async start(socket: string, methods: Methods): Promise<TestBox> {
    const box = new TestBox(socket, methods);
    await new Promise<void>((resolve) => box.#server.listen(socket, resolve));
    return box;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse, methods: Methods): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    if (request.url === '/upload') {
      this.uploads.push(body);
      response.end(JSON.stringify({ upload: 'u1' }));
      return;
    }
    const { id, method, params } = JSON.parse(body.toString('utf8'));
    const call = { method, params, headers: request.headers };
    this.calls.push(call);
    try {
      const found = methods[method];
      if (found === undefined) throw new Refused(-32601, `Cannot find ${method}`, { code: 'rpc.unknownMethod' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: (await found(params, call)) ?? null }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: error.rpc }));
    }
  }
}
