/** `fetch` and WebSockets by Node's own. */
import { shapeOfError } from '../../files/error.ts';
import type { Listener, OngoingTable } from '../op.ts';
import { record, text, texts } from './arguments.ts';

/** Other schemes than these two would read files or this process's own memory. */
function webAddress(value: unknown): URL {
  const address = new URL(text(value));
  if (address.protocol === 'http:' || address.protocol === 'https:') return address;
  throw new TypeError(`fetch of ${address.protocol} addresses is not provided`);
}

async function run(address: URL, init: RequestInit, listener: Listener, signal: AbortSignal): Promise<void> {
  const response = await fetch(address, { ...init, signal });
  const { status, statusText, url, redirected, ok, type } = response;
  listener.tell('response', { status, statusText, url, redirected, ok, type, headers: [...response.headers] });
  if (response.body !== null) {
    for await (const piece of response.body) listener.tell('data', null, piece as Uint8Array);
  }
  listener.last('end');
}

/** Node hides why behind a bare `fetch failed`: the cause goes along as the code. */
function shapeOfFailure(error: unknown): unknown {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const shape = shapeOfError(error);
  return cause instanceof Error ? { ...shapeOfError(cause), name: shape.name, message: shape.message } : shape;
}

export const fetchOps: OngoingTable = {
  fetch: (_context, [url, given], bytes, listener) => {
    const { method, headers, redirect } = record(given);
    const init: RequestInit = {
      method: text(method),
      headers: headers as [string, string][],
      redirect: text(redirect) as 'follow' | 'manual' | 'error',
      ...(bytes !== undefined && { body: Uint8Array.from(bytes) }),
    };
    const abort = new AbortController();
    run(webAddress(url), init, listener, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) listener.last('failed', shapeOfFailure(error));
    });
    return { close: () => abort.abort() };
  },
  websocket: (_context, [url, protocols], _bytes, listener) => {
    const socket = new WebSocket(text(url), texts(protocols));
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => listener.tell('open', { protocol: socket.protocol, extensions: socket.extensions });
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (typeof data === 'string') listener.tell('message', data);
      else listener.tell('message', null, new Uint8Array(data as ArrayBuffer));
    };
    socket.onerror = () => listener.tell('error', { name: 'Error', message: 'The connection failed' });
    socket.onclose = ({ code, reason, wasClean }) => listener.last('close', { code, reason, wasClean });
    return {
      command(name, args, bytes) {
        if (name === 'send') socket.send(bytes === undefined ? text(args[0]) : Uint8Array.from(bytes));
        else socket.close(args[0] as number | undefined, args[1] as string | undefined);
      },
      close: () => socket.close(),
    };
  },
};
