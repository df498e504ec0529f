/**
 * Operations on places for backups that a plugin was given and has not ended. Each has a name of its own, which the plugin
 * hands back when it fetches; with it go the addresses that were entered for the place, and the bytes of the blob: those
 * never enter the plugin's process.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusals } from './errors.ts';

export interface Operation {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Hosts that were entered for the place. */
  readonly entered: readonly string[];
  readonly sending: Sending | null;
  readonly receiving: Receiving | null;
}

export class Operations {
  readonly #all = new Map<string, Operation>();

  async run<T>(operation: Operation, work: (name: string) => Promise<T>): Promise<T> {
    const name = randomBytes(12).toString('hex');
    this.#all.set(name, operation);
    try {
      return await work(name);
    } finally {
      this.#all.delete(name);
    }
  }

  /** Throws `plugin.notUnderWay`. */
  find(name: string): Operation {
    const found = this.#all.get(name);
    if (found === undefined) throw refusals.notUnderWay();
    return found;
  }
}

/** A blob on its way to the place: goes out once. */
export class Sending {
  readonly size: number;
  readonly #content: AsyncIterable<Uint8Array>;
  #taken = false;
  /** Whether the other side has said that it has all of it. */
  done = false;

  constructor(size: number, content: AsyncIterable<Uint8Array>) {
    this.size = size;
    this.#content = content;
  }

  /** Throws `plugin.noBlob`. */
  take(): AsyncIterable<Uint8Array> {
    if (this.#taken) throw refusals.noBlob({ verb: 'send', reason: 'it was sent already' });
    this.#taken = true;
    return this.#content;
  }
}

export interface Received {
  readonly size: number | null;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A blob, or a range of it, on its way from the place. */
export class Receiving {
  readonly #offset: number;
  readonly #length: number | null;
  readonly #begun = Promise.withResolvers<Received | null>();
  #taken = false;

  constructor({ offset, length }: { readonly offset: number; readonly length: number | null }) {
    this.#offset = offset;
    this.#length = length;
    this.#begun.promise.catch(() => undefined);
  }

  get taken(): boolean {
    return this.#taken;
  }

  /** What came, as soon as it begins to; null where the place has no such blob. */
  get begun(): Promise<Received | null> {
    return this.#begun.promise;
  }

  missing(): void {
    this.#begun.resolve(null);
  }

  fail(error: unknown): void {
    this.#begun.reject(error);
  }

  /** Hands on the body of an answer (200 or 206); resolves when it was read to its end. Throws `plugin.noBlob`. */
  async fill(response: IncomingMessage): Promise<void> {
    if (this.#taken) throw refusals.noBlob({ verb: 'receive', reason: 'it was received already' });
    this.#taken = true;
    const told = lengthOf(response);
    // A server that knows no ranges sends all of it.
    const skip = response.statusCode === 206 ? 0 : this.#offset;
    if (response.statusCode === 206 && firstOf(response) !== this.#offset)
      throw refusals.noBlob({ verb: 'receive', reason: 'another part of it came' });
    const left = told === null ? null : Math.max(0, told - skip);
    const size = left === null || this.#length === null ? left : Math.min(left, this.#length);
    const over = Promise.withResolvers<undefined>();
    this.#begun.resolve({ size, content: part(response, skip, this.#length, over) });
    await over.promise;
  }
}

async function* part(
  response: IncomingMessage,
  skip: number,
  length: number | null,
  over: PromiseWithResolvers<undefined>,
): AsyncGenerator<Uint8Array> {
  let toSkip = skip;
  let left = length ?? Number.POSITIVE_INFINITY;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(Math.min(toSkip, piece.length)).subarray(0, Math.min(left, piece.length));
      toSkip -= Math.min(toSkip, piece.length);
      left -= wanted.length;
      if (wanted.length > 0) yield wanted;
      if (left <= 0) break;
    }
  } catch (error) {
    over.reject(error);
    throw error;
  } finally {
    response.destroy();
    over.resolve(undefined);
  }
}

function lengthOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  return length === undefined || !/^\d{1,15}$/.test(length) ? null : Number(length);
}

function firstOf({ headers }: IncomingMessage): number | null {
  const found = /^bytes (\d{1,15})-/.exec(headers['content-range'] ?? '')?.[1];
  return found === undefined ? null : Number(found);
}
