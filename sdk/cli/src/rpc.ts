/** Calls methods of a box: over its admin socket, where root needs no log-in, or over HTTPS with a token. */
import { createReadStream } from 'node:fs';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { HearthError, errorKinds } from '@hearth/contract';
import type { ErrorKind } from '@hearth/contract';
import { errors } from './errors.ts';
import type { MethodName } from './methods.gen.ts';

/** Bytes of an answer; a box with hundreds of services stays far below. */
const largestAnswer = 64 << 20;

export type Address =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'server';
      /** `https://hearth.local:8443`. */
      readonly url: string;
      readonly token?: string | undefined;
      /** PEM of the one authority to trust; those of the system unless told. */
      readonly authority?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Answer<T> {
  readonly result: T;
  readonly headers: IncomingMessage['headers'];
}

export class Rpc {
  readonly address: Address;
  #calls = 0;

  constructor(address: Address) {
    this.address = address;
  }

  /** @throws what the method throws, as told by the box; cli.* when there is no answer */
  async call<T>(method: MethodName, params: object = {}, signal?: AbortSignal): Promise<T> {
    return (await this.exchange<T>(method, params, signal)).result;
  }

  async exchange<T>(method: MethodName, params: object = {}, signal?: AbortSignal): Promise<Answer<T>> {
    this.#calls += 1;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: this.#calls, method, params }));
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const response = await this.#send('/rpc/v1', headers, signal, (out) => out.end(body));
    const answer = await this.#read(response);
    if (answer.error === undefined) return { result: answer.result as T, headers: response.headers };
    throw this.#refusal(answer.error);
  }

  /** Sends a file for `package.sideload`. @returns its upload id */
  async upload(path: string, size: number, progress: (done: number) => void, signal?: AbortSignal): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': size };
    const response = await this.#send('/upload', headers, signal, (out) => {
      let done = 0;
      const file = createReadStream(path);
      file.on('data', (piece) => progress((done += piece.length)));
      file.on('error', (error) => out.destroy(error));
      file.pipe(out);
    });
    const answer = await this.#read(response);
    const { upload } = answer as { upload?: string };
    if (typeof upload === 'string') return upload;
    const wire = answer as { code?: string; kind?: ErrorKind; message?: string };
    if (typeof wire.code === 'string' && typeof wire.message === 'string') {
      throw new HearthError({ code: wire.code, kind: wire.kind ?? 'UNAVAILABLE', message: wire.message });
    }
    throw errors.oddAnswer({ server: this.name, status: response.statusCode ?? 0 });
  }

  get name(): string {
    return this.address.kind === 'socket' ? this.address.path : this.address.url;
  }

  async #send(
    path: string,
    headers: Record<string, string | number>,
    signal: AbortSignal | undefined,
    write: (out: ReturnType<typeof requestHttp>) => void,
  ): Promise<IncomingMessage> {
    const { address } = this;
    // A connection each: one that is kept may have been closed by a box that restarted.
    const options: RequestOptions = { method: 'POST', path, headers, agent: false, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      const out =
        address.kind === 'socket'
          ? requestHttp({ ...options, socketPath: address.path })
          : requestTo(address, options, headers);
      out.once('response', resolve);
      out.once('error', (cause) => reject(signal?.aborted === true ? cause : this.#noAnswer(cause)));
      write(out);
    });
  }

  async #read(response: IncomingMessage): Promise<{ result?: unknown; error?: WireFailure }> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > largestAnswer) throw errors.oddAnswer({ server: this.name, status: 'more than it should' });
      pieces.push(piece);
    }
    try {
      const answer: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
      if (typeof answer === 'object' && answer !== null) return answer;
    } catch {
      // Not the API: a proxy's page, another server.
    }
    throw errors.oddAnswer({ server: this.name, status: response.statusCode ?? 0 });
  }

  #refusal(failure: WireFailure): HearthError {
    const { code = 'hearth.internal', ...data } = failure.data ?? {};
    const kind = kindOf(failure.code);
    const { address } = this;
    if (
      kind === 'UNAUTHENTICATED' &&
      address.kind === 'server' &&
      address.token === undefined &&
      code === 'rpc.signInFirst'
    ) {
      return errors.loggedOut({ server: address.url });
    }
    return new HearthError({ code: String(code), kind, message: failure.message, data });
  }

  #noAnswer(cause: Error & { code?: string }): HearthError {
    const { address } = this;
    if (address.kind === 'socket') {
      if (cause.code === 'EACCES') return errors.notRoot({ socket: address.path }, cause);
      return errors.notRunning({ socket: address.path }, cause);
    }
    const certificate = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(VERIFY|GET)/.test(cause.code ?? '');
    if (certificate) return errors.untrusted({ server: address.url }, cause);
    return errors.unreachable({ server: address.url, reason: reasonOf(cause) }, cause);
  }
}

interface WireFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

function requestTo(
  address: Extract<Address, { kind: 'server' }>,
  options: RequestOptions,
  headers: Record<string, string | number>,
): ReturnType<typeof requestHttp> {
  const url = new URL(options.path ?? '/', address.url);
  const all = {
    ...headers,
    ...address.headers,
    ...(address.token !== undefined && { authorization: `Bearer ${address.token}` }),
  };
  if (url.protocol === 'http:') return requestHttp(url, { ...options, headers: all });
  return requestHttps(url, {
    ...options,
    headers: all,
    ...(address.authority !== undefined && { ca: address.authority }),
  });
}

function kindOf(rpc: number): ErrorKind {
  for (const [kind, row] of Object.entries(errorKinds)) if (row.rpc === rpc) return kind as ErrorKind;
  return 'INTERNAL';
}

function reasonOf(cause: Error & { code?: string }): string {
  switch (cause.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no machine of that name is known';
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return 'it does not answer';
    default:
      return cause.message;
  }
}
