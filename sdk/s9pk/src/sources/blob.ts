import { errors } from '../errors.ts';
import type { Source } from './source.ts';

const pieceBytes = 1 << 20;

/** A file chosen in a browser, or any Blob. */
export class BlobSource implements Source {
  readonly size: number;
  #blob: Blob | null;

  constructor(blob: Blob) {
    this.#blob = blob;
    this.size = blob.size;
  }

  async read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#blob === null) throw errors.sourceUnreadable({ reason: 'it was closed' });
    if (position + length > this.size) throw errors.truncated({ needed: position + length, size: this.size });
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await this.#blob.slice(position, position + length).arrayBuffer());
    } catch (cause) {
      // A file that was changed or removed since it was chosen.
      throw errors.sourceUnreadable({ reason: 'the file can no longer be read' }, cause);
    }
    signal?.throwIfAborted();
    if (bytes.length !== length) throw errors.sourceChanged();
    return bytes;
  }

  async *stream(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    for (let at = 0; at < length; at += pieceBytes) {
      yield await this.read(position + at, Math.min(pieceBytes, length - at), signal);
    }
  }

  close(): Promise<void> {
    this.#blob = null;
    return Promise.resolve();
  }
}
