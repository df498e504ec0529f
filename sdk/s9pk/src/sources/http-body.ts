/** One HTTP exchange, with a deadline for silence, read piece by piece. */
import { errors } from '../errors.ts';

export interface HttpOptions {
  /** The global `fetch` unless told: for other certificates, for tests. */
  readonly fetch?: typeof fetch;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds without a byte after which the server counts as gone; 30,000 unless told. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly url: string;
  /** 200, 206 or 416. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array>;
  readonly signal: AbortSignal | undefined;
  /** Tells the deadline that something came. */
  alive(): void;
  /** Ends the exchange; twice is fine. */
  cancel(): void;
}

/**
 * @param range inclusive; null asks for everything
 * @throws s9pk.remoteRefused for any other status, s9pk.sourceUnreadable when there is no connection
 */
export async function request(
  url: string,
  range: { readonly first: number; readonly last: number } | null,
  options: HttpOptions,
): Promise<Answer> {
  options.signal?.throwIfAborted();
  const silence = new AbortController();
  const deadline = options.silenceMs ?? 30_000;
  let timer: ReturnType<typeof setTimeout>;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), deadline);
  };
  const cancel = (): void => {
    clearTimeout(timer);
    silence.abort();
  };
  alive();
  let response: Response;
  try {
    response = await (options.fetch ?? fetch)(url, {
      headers: {
        ...options.headers,
        // Parts of a compressed body would be parts of something else.
        'accept-encoding': 'identity',
        ...(range && { range: `bytes=${String(range.first)}-${String(range.last)}` }),
      },
      signal: options.signal === undefined ? silence.signal : AbortSignal.any([options.signal, silence.signal]),
    });
  } catch (cause) {
    cancel();
    options.signal?.throwIfAborted();
    throw errors.sourceUnreadable({ reason: 'the server cannot be reached', url }, cause);
  }
  const refused = refusal(response, range !== null, url);
  if (refused !== null || response.body === null || response.status === 416) cancel();
  if (refused !== null || response.body === null)
    throw refused ?? errors.remoteRefused({ status: response.status, url });
  const { status, headers, body } = response;
  return { url, status, headers, body, signal: options.signal, alive, cancel };
}

function refusal(response: Response, ranged: boolean, url: string): Error | null {
  const { status, headers } = response;
  if (status !== 200 && !(ranged && (status === 206 || status === 416))) return errors.remoteRefused({ status, url });
  if ((headers.get('content-encoding') ?? 'identity') === 'identity') return null;
  return errors.sourceUnreadable({ reason: 'the server compresses it', url });
}

/** Reads an answer forward and knows how far it is. */
export class ForwardBody {
  /** Bytes taken so far. */
  at = 0;
  readonly #answer: Answer;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array | null = null;

  constructor(answer: Answer) {
    this.#answer = answer;
    this.#reader = answer.body.getReader();
  }

  /** The next `length` bytes. @throws s9pk.sourceUnreadable when the answer ends or breaks before */
  async *take(length: number): AsyncIterable<Uint8Array> {
    let left = length;
    while (left > 0) {
      const piece = this.#rest ?? (await this.#next());
      if (piece === null)
        throw errors.sourceUnreadable({ reason: 'the connection ended early', url: this.#answer.url });
      const part = piece.subarray(0, left);
      this.#rest = part.length < piece.length ? piece.subarray(part.length) : null;
      this.at += part.length;
      left -= part.length;
      yield part;
    }
  }

  async skip(length: number): Promise<void> {
    const pieces = this.take(length)[Symbol.asyncIterator]();
    while ((await pieces.next()).done !== true);
  }

  /** Everything that is left, however long. */
  async *all(): AsyncIterable<Uint8Array> {
    for (let piece = this.#rest ?? (await this.#next()); piece !== null; piece = await this.#next()) {
      this.#rest = null;
      this.at += piece.length;
      yield piece;
    }
  }

  /** Expects that nothing is left. @throws s9pk.sourceChanged */
  async end(): Promise<void> {
    const surplus = this.#rest ?? (await this.#next());
    this.cancel();
    if (surplus !== null) throw errors.sourceChanged({ url: this.#answer.url });
  }

  cancel(): void {
    this.#answer.cancel();
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      let step: Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;
      try {
        step = await this.#reader.read();
      } catch (cause) {
        this.cancel();
        this.#answer.signal?.throwIfAborted();
        throw errors.sourceUnreadable({ reason: 'the connection broke', url: this.#answer.url }, cause);
      }
      this.#answer.alive();
      if (step.done) {
        this.cancel();
        return null;
      }
      if (step.value.length > 0) return step.value;
    }
  }
}
