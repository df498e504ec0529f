/** Requests by name to 127.0.0.1, with the root certificate as the only trusted one. */
import { connect as connectPlain } from 'node:net';
import { type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

export interface Ask {
  readonly port: number;
  readonly name: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Readable | string;
  /** PEM; null for plain HTTP. */
  readonly root: string | null;
}

export function ask({ port, name, path = '/', method = 'GET', headers = {}, body, root }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: { Host: `${name}:${port}`, ...headers },
    };
    const outgoing =
      root === null
        ? plainRequest(options)
        : tlsRequest({ ...options, ca: [root], servername: /^[\d.]+$/.test(name) ? '' : name });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      text(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
        reject,
      );
    });
    if (body === undefined || typeof body === 'string') outgoing.end(body);
    else body.pipe(outgoing);
  });
}

/** Sends bytes as they are, and answers all that comes back until the other side is done. */
export async function raw(port: number, bytes: string): Promise<string> {
  const socket = connectPlain(port, '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}
