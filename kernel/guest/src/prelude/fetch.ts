/** `fetch`, `Request`, `Response`. Bodies come in pieces; a response's body is read once. */
import { Buffer } from 'buffer';
import { DOMException } from './abort.ts';
import { Blob, FormData, formOf } from './blob.ts';
import { Headers, type HeadersInit } from './headers.ts';
import { begin, close, errorOf } from './host.ts';
import { PieceStream } from './piece-stream.ts';
import type { ErrorShape } from '../files/error.ts';

const isStream = (body: unknown): body is AsyncIterable<unknown> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

type BodyInit =
  | AsyncIterable<unknown>
  | string
  | ArrayBuffer
  | ArrayBufferView
  | URLSearchParams
  | Blob
  | FormData
  | null
  | undefined;
interface Init {
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: BodyInit;
  readonly redirect?: string;
  readonly signal?: AbortSignal | null;
}

function bytesOf(body: Exclude<BodyInit, AsyncIterable<unknown>>): { bytes: Uint8Array; type: string | null } | null {
  if (body === null || body === undefined) return null;
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain;charset=UTF-8' };
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body), type: null };
  if (ArrayBuffer.isView(body))
    return { bytes: new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength), type: null };
  if (body instanceof Blob) return { bytes: body.held(), type: body.type === '' ? null : body.type };
  if (body instanceof FormData) return body.multipart();
  return { bytes: Buffer.from(String(body)), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
}

/** @param known what there is of it, where it is no stream */
function pieces(body: BodyInit, known: ReturnType<typeof bytesOf>): PieceStream | null {
  if (body instanceof PieceStream) return body;
  if (isStream(body)) return PieceStream.from(body);
  return known === null ? null : PieceStream.of(known.bytes);
}

abstract class Body {
  abstract readonly headers: Headers;
  readonly body: PieceStream | null;

  constructor(body: PieceStream | null) {
    this.body = body;
  }

  get bodyUsed(): boolean {
    return this.body?.locked ?? false;
  }

  async bytes(): Promise<Uint8Array> {
    if (this.body === null) return new Uint8Array(0);
    if (this.body.locked) throw new TypeError('Body is unusable: Body has already been read');
    const pieces: Uint8Array[] = [];
    for await (const piece of this.body) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.bytes()).buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    return formOf(await this.bytes(), this.headers.get('content-type') ?? '');
  }
}

interface Fields {
  readonly method: string;
  readonly headers: HeadersInit;
  readonly redirect: string;
  readonly signal: AbortSignal | null;
}
const plainRequest: Fields = { method: 'GET', headers: {}, redirect: 'follow', signal: null };

function fieldsOf(from: Request | null): Partial<Fields> {
  if (from === null) return {};
  const { method, headers, redirect, signal } = from;
  return { method, headers, redirect, signal };
}

function definedOf(init: Init): Partial<Fields> {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));
}

export class Request extends Body {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly redirect: string;
  readonly signal: AbortSignal | null;
  /** The body whole, as it is sent. */
  readonly sent: ReturnType<typeof bytesOf>;

  constructor(input: string | URL | Request, init: Init = {}) {
    const from = input instanceof Request ? input : null;
    const given = init.body ?? null;
    const sent = given === null ? (from?.sent ?? null) : isStream(given) ? null : bytesOf(given);
    super(pieces(given, sent));
    this.sent = sent;
    const { method, headers, redirect, signal } = { ...plainRequest, ...fieldsOf(from), ...definedOf(init) };
    this.url = input instanceof Request ? input.url : new URL(input).href;
    this.method = method.toUpperCase();
    this.headers = new Headers(headers);
    if (sent?.type && !this.headers.has('content-type')) this.headers.set('content-type', sent.type);
    this.redirect = redirect;
    this.signal = signal;
  }

  clone(): Request {
    return new Request(this);
  }
}

interface Head {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInit;
  readonly url?: string;
  readonly redirected?: boolean;
  readonly type?: string;
}

export class Response extends Body {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected: boolean;
  readonly type: string;

  constructor(body: BodyInit | PieceStream = null, head: Head = {}) {
    const known = isStream(body) ? null : bytesOf(body);
    super(pieces(body, known));
    this.status = head.status ?? 200;
    this.statusText = head.statusText ?? '';
    this.headers = new Headers(head.headers ?? {});
    this.url = head.url ?? '';
    this.redirected = head.redirected ?? false;
    this.type = head.type ?? 'default';
    if (known?.type && !this.headers.has('content-type')) this.headers.set('content-type', known.type);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  clone(): Response {
    if (this.body === null) return new Response(null, this);
    const [first, second] = this.body.tee();
    Object.assign(this, { body: first });
    return new Response(second, this);
  }

  static json(value: unknown, head: Head = {}): Response {
    const made = new Response(JSON.stringify(value), head);
    made.headers.set('content-type', 'application/json');
    return made;
  }

  static error(): Response {
    return new Response(null, { status: 0, type: 'error' });
  }

  static redirect(url: string, status = 302): Response {
    return new Response(null, { status, headers: { location: url } });
  }
}

function reasonOf(signal: AbortSignal): Error {
  return (signal.reason ?? new DOMException('This operation was aborted', 'AbortError')) as Error;
}

export async function fetch(input: string | URL | Request, init: Init = {}): Promise<Response> {
  const request = new Request(input, init);
  // What streams is sent whole, once it has ended.
  const bytes = request.sent?.bytes ?? (request.body === null ? undefined : await request.bytes());
  return exchange(request, bytes);
}

function exchange(request: Request, sent: Uint8Array | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = request;
    if (signal?.aborted === true) return reject(reasonOf(signal));
    const body = new PieceStream();
    const id = begin(
      'fetch',
      [request.url, { method: request.method, headers: [...request.headers], redirect: request.redirect }],
      (event, value, bytes) => {
        if (event === 'response') resolve(new Response(body, value as Head));
        else if (event === 'data' && bytes !== null) body.give(bytes);
        else if (event === 'end') body.finish();
        else {
          const shape = value as ErrorShape;
          const error = new TypeError('fetch failed', { cause: errorOf(shape) });
          body.fail(error);
          reject(error);
        }
      },
      sent,
    );
    const stop = (): void => {
      close(id);
      const reason = signal === null ? new DOMException('This operation was aborted', 'AbortError') : reasonOf(signal);
      body.fail(reason);
      reject(reason);
    };
    body.onCancel = () => close(id);
    signal?.addEventListener('abort', stop);
  });
}
