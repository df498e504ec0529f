/** HTTP and WebSocket over the kernel's sockets, as the proxy would speak. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { type Frame, type FeedHello, Replica } from '@hearth/contract';
import { WebSocket } from 'ws';
import { decode } from '../state/codec.ts';

export interface HttpRequest {
  readonly socketPath: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  text(): string;
  json(): any;
}

export function http({ socketPath, method = 'GET', path, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { Host: 'localhost:8443', ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(chunks);
          const text = (): string => all.toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: all,
            text,
            json: () => JSON.parse(text()),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

export interface FeedClient {
  readonly replica: Replica;
  readonly frames: Frame[];
  /** Resolves with the close code; 0 and less are HTTP refusals of the upgrade, negated. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  close(): void;
}

/** Opens /feed; says `hello` unless it is null. */
export function followFeed(
  socketPath: string,
  hello: FeedHello | string | null = { token: null },
  headers: Readonly<Record<string, string>> = {},
): FeedClient {
  const socket = new WebSocket(`ws+unix:${socketPath}:/feed`, { headers: { Host: 'localhost:8443', ...headers } });
  const replica = new Replica();
  const frames: Frame[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.on('open', () => {
    if (hello !== null) socket.send(typeof hello === 'string' ? hello : JSON.stringify(hello));
  });
  socket.on('message', (data: Buffer) => {
    const frame = decode(data) as Frame;
    frames.push(frame);
    replica.apply(frame);
  });
  socket.on('unexpected-response', (call, response) => {
    call.destroy();
    resolve(-(response.statusCode ?? 0));
  });
  socket.on('error', () => undefined);
  socket.on('close', (code) => resolve(code));
  return { replica, frames, closed, socket, close: () => socket.terminate() };
}
