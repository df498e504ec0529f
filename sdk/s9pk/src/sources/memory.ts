import { errors } from '../errors.ts';
import type { Source } from './source.ts';

const pieceBytes = 1 << 20;

/** An archive that is in memory already. */
export class MemorySource implements Source {
  readonly size: number;
  #bytes: Uint8Array | null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, and so are its refusals
  async read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#view(position, length, signal).slice();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async *stream(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    for (let at = 0; at < length; at += pieceBytes) {
      yield this.#view(position + at, Math.min(pieceBytes, length - at), signal);
    }
  }

  close(): Promise<void> {
    this.#bytes = null;
    return Promise.resolve();
  }

  #view(position: number, length: number, signal?: AbortSignal): Uint8Array {
    signal?.throwIfAborted();
    if (this.#bytes === null) throw errors.sourceUnreadable({ reason: 'it was closed' });
    if (position + length > this.size) throw errors.truncated({ needed: position + length, size: this.size });
    return this.#bytes.subarray(position, position + length);
  }
}
