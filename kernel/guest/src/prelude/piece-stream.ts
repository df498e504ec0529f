/* eslint-disable @typescript-eslint/require-await -- what goes wrong in them must come as a rejection */
/** A stream of byte pieces with a reader, as `Response.body`: as much of ReadableStream as scripts use. */
import { readableFrom } from './web-streams.ts';

interface Step {
  readonly done: boolean;
  readonly value: Uint8Array | undefined;
}

export class PieceStream {
  locked = false;
  onCancel: () => void = () => undefined;
  readonly #pieces: Uint8Array[] = [];
  #over = false;
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  /** Of a stream of the web's, or of anything that gives pieces. */
  static from(source: AsyncIterable<unknown>): PieceStream {
    const made = new PieceStream();
    const copy = async (): Promise<void> => {
      for await (const piece of source)
        made.give(typeof piece === 'string' ? new TextEncoder().encode(piece) : (piece as Uint8Array));
      made.finish();
    };
    copy().catch((error: unknown) => made.fail(error));
    return made;
  }

  static of(bytes: Uint8Array): PieceStream {
    const made = new PieceStream();
    made.give(bytes);
    made.finish();
    return made;
  }

  give(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#wake();
  }

  finish(): void {
    this.#over = true;
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }

  async #next(): Promise<Step> {
    for (;;) {
      const value = this.#pieces.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#failure !== null) throw this.#failure;
      if (this.#over) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  getReader(): { read(): Promise<Step>; releaseLock(): void; cancel(): Promise<void> } {
    if (this.locked) throw new TypeError('The stream is locked already');
    this.locked = true;
    return {
      read: () => this.#next(),
      releaseLock: () => {
        this.locked = false;
      },
      cancel: () => this.cancel(),
    };
  }

  async cancel(): Promise<void> {
    this.#over = true;
    this.onCancel();
  }

  /** Two streams of the same pieces, once this one is read to its end. */
  tee(): [PieceStream, PieceStream] {
    const both: [PieceStream, PieceStream] = [new PieceStream(), new PieceStream()];
    const copy = async (): Promise<void> => {
      for await (const piece of this) for (const one of both) one.give(piece);
      for (const one of both) one.finish();
    };
    copy().catch((error: unknown) => {
      for (const one of both) one.fail(error);
    });
    return both;
  }

  pipeThrough(pair: { readable: unknown; writable: unknown }, options?: object): unknown {
    return readableFrom(this).pipeThrough(pair, options);
  }

  pipeTo(target: unknown, options?: object): Promise<void> {
    return readableFrom(this).pipeTo(target, options);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const reader = this.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read())
      if (step.value !== undefined) yield step.value;
  }
}
