/**
 * An archive behind a URL.
 *
 * The first request asks for the start of it, which holds the header, the root directory and, in well ordered archives,
 * manifest and icon too. Servers that know no ranges are read forward from one open answer; going back opens another.
 */
import { errors } from '../errors.ts';
import { ForwardBody, request } from './http-body.ts';
import type { HttpOptions } from './http-body.ts';
import { collect } from './source.ts';
import type { Source } from './source.ts';

const headBytes = 64 << 10;

export class HttpSource implements Source {
  readonly size: number;
  /** Whether the server sends parts. */
  readonly ranged: boolean;
  readonly url: string;
  readonly #options: HttpOptions;
  readonly #head: Uint8Array;
  /** What the server calls this state of the file. */
  readonly #tag: string | null;
  #forward: ForwardBody | null;
  #closed = false;

  private constructor(url: string, options: HttpOptions, found: Found) {
    this.url = url;
    this.#options = options;
    this.size = found.size;
    this.ranged = found.ranged;
    this.#head = found.head;
    this.#tag = found.tag;
    this.#forward = found.forward;
  }

  /** @throws s9pk.remoteRefused, s9pk.sourceUnreadable */
  static async open(url: string, options: HttpOptions = {}): Promise<HttpSource> {
    const answer = await request(url, { first: 0, last: headBytes - 1 }, options);
    const tag = tagOf(answer.headers);
    if (answer.status === 416) return new HttpSource(url, options, { ...nothing, tag, ranged: true });
    if (answer.status === 200) {
      const size = lengthOf(answer.headers);
      if (size === null) {
        answer.cancel();
        const reason = 'the server tells neither its length nor parts of it';
        throw errors.sourceUnreadable({ reason, url, lengthless: true });
      }
      const forward = new ForwardBody(answer);
      const head = await collect(forward.take(Math.min(headBytes, size)), Math.min(headBytes, size));
      return new HttpSource(url, options, { head, size, tag, ranged: false, forward });
    }
    const range = partOf(answer.headers);
    if (range?.first !== 0 || range.last >= headBytes) {
      answer.cancel();
      throw errors.sourceUnreadable({ reason: 'the server sent another part than was asked for', url });
    }
    const body = new ForwardBody(answer);
    const head = await collect(body.take(range.last + 1), range.last + 1);
    await body.end();
    return new HttpSource(url, options, { head, size: range.total, tag, ranged: true, forward: null });
  }

  async read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.#check(position, length, signal);
    return collect(this.stream(position, length, signal), length);
  }

  async *stream(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    this.#check(position, length, signal);
    const fromHead = this.#head.subarray(position, position + length);
    if (fromHead.length > 0) yield fromHead.slice();
    const start = position + fromHead.length;
    const rest = length - fromHead.length;
    if (rest > 0) yield* this.ranged ? this.#part(start, rest, signal) : this.#onward(start, rest, signal);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#forward?.cancel();
    this.#forward = null;
    return Promise.resolve();
  }

  async *#part(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const wanted = { first: position, last: position + length - 1 };
    const answer = await request(this.url, wanted, { ...this.#options, ...(signal && { signal }) });
    const body = new ForwardBody(answer);
    try {
      const range = partOf(answer.headers);
      const same = range?.first === wanted.first && range.last === wanted.last && range.total === this.size;
      if (answer.status !== 206 || !same || this.#differs(answer.headers)) {
        throw errors.sourceChanged({ url: this.url });
      }
      yield* body.take(length);
      await body.end();
    } finally {
      body.cancel();
    }
  }

  async *#onward(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const body = await this.#bodyBefore(position, signal);
    let whole = false;
    const cancel = (): void => body.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      await body.skip(position - body.at);
      for await (const piece of body.take(length)) {
        signal?.throwIfAborted();
        yield piece;
      }
      whole = true;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      // Two readers at once have an answer each; one of them is kept.
      if (whole && this.#forward === null && !this.#closed) this.#forward = body;
      else body.cancel();
    }
  }

  async #bodyBefore(position: number, signal?: AbortSignal): Promise<ForwardBody> {
    const open = this.#forward;
    this.#forward = null;
    if (open !== null && open.at <= position) return open;
    open?.cancel();
    signal?.throwIfAborted();
    // Not the reader's signal: the answer may serve the next reader too.
    const answer = await request(this.url, null, this.#options);
    const changed = lengthOf(answer.headers) !== this.size || this.#differs(answer.headers);
    if (!changed) return new ForwardBody(answer);
    answer.cancel();
    throw errors.sourceChanged({ url: this.url });
  }

  #check(position: number, length: number, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    if (this.#closed) throw errors.sourceUnreadable({ reason: 'it was closed' });
    if (position + length > this.size) throw errors.truncated({ needed: position + length, size: this.size });
  }

  #differs(headers: Headers): boolean {
    const tag = tagOf(headers);
    return tag !== null && this.#tag !== null && tag !== this.#tag;
  }
}

interface Found {
  readonly head: Uint8Array;
  readonly size: number;
  readonly tag: string | null;
  readonly ranged: boolean;
  readonly forward: ForwardBody | null;
}

const nothing: Found = { head: new Uint8Array(0), size: 0, tag: null, ranged: true, forward: null };

function tagOf(headers: Headers): string | null {
  return headers.get('etag') ?? headers.get('last-modified');
}

function lengthOf(headers: Headers): number | null {
  const told = headers.get('content-length');
  const length = told === null ? Number.NaN : Number(told);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

function partOf(headers: Headers): { first: number; last: number; total: number } | null {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(headers.get('content-range') ?? '');
  if (match === null) return null;
  const [first = 0, last = 0, total = 0] = match.slice(1).map(Number);
  return first <= last && last < total && Number.isSafeInteger(total) ? { first, last, total } : null;
}
