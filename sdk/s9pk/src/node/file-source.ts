/** An archive in a file, read ahead while the reader is busy with what it has. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errors } from '../errors.ts';
import type { Source } from '../sources/source.ts';

const pieceBytes = 1 << 20;
/** Pieces in memory: one with the reader, the others on their way. */
const pieces = 3;

export class FileSource implements Source {
  readonly size: number;
  readonly path: string;
  readonly #file: FileHandle;
  /** Buffers of streams that ended, for those that follow. */
  readonly #spare: Uint8Array[] = [];
  #closed = false;

  private constructor(file: FileHandle, path: string, size: number) {
    this.#file = file;
    this.path = path;
    this.size = size;
  }

  /** @throws s9pk.sourceUnreadable when it is no regular file or cannot be opened */
  static async open(path: string): Promise<FileSource> {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (cause) {
      throw errors.sourceUnreadable({ reason: `"${path}" cannot be opened`, path }, cause);
    }
    const stat = await file.stat();
    if (stat.isFile()) return new FileSource(file, path, stat.size);
    await file.close();
    throw errors.sourceUnreadable({ reason: `"${path}" is not a file`, path });
  }

  /** The open file, for threads that read it beside; valid until `close`. */
  get descriptor(): number {
    return this.#file.fd;
  }

  async read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.#check(position, length, signal);
    const bytes = new Uint8Array(length);
    await this.#fill(bytes, position);
    return bytes;
  }

  async *stream(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    this.#check(position, length, signal);
    if (length === 0) return;
    const end = position + length;
    const buffers = Array.from({ length: Math.min(pieces, Math.ceil(length / pieceBytes)) }, () =>
      this.#buffer(length),
    );
    const flying: Promise<Uint8Array>[] = [];
    let next = position;
    const ask = (buffer: Uint8Array): void => {
      if (next >= end) return;
      const piece = buffer.subarray(0, Math.min(buffer.length, end - next));
      const filled = this.#fill(piece, next).then(() => piece);
      // Whoever awaits it hears of a failure; until then it must not count as unheard.
      filled.catch(() => undefined);
      flying.push(filled);
      next += piece.length;
    };
    try {
      buffers.slice(1).forEach(ask);
      let free = buffers[0];
      for (;;) {
        if (free !== undefined) ask(free);
        const piece = await flying.shift();
        if (piece === undefined) return;
        signal?.throwIfAborted();
        yield piece;
        free = buffers.find((buffer) => buffer.buffer === piece.buffer);
      }
    } finally {
      // Reads into these buffers must not outlive the stream.
      await Promise.allSettled(flying);
      for (const buffer of buffers)
        if (buffer.length === pieceBytes && this.#spare.length < pieces) this.#spare.push(buffer);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }

  /** Not a Buffer: its `slice` does not copy, and whoever holds a Uint8Array relies on that. */
  #buffer(length: number): Uint8Array {
    return length < pieceBytes ? new Uint8Array(length) : (this.#spare.pop() ?? new Uint8Array(pieceBytes));
  }

  #check(position: number, length: number, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    if (this.#closed) throw errors.sourceUnreadable({ reason: 'it was closed' });
    if (position + length > this.size) throw errors.truncated({ needed: position + length, size: this.size });
  }

  async #fill(bytes: Uint8Array, position: number): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      let bytesRead: number;
      try {
        ({ bytesRead } = await this.#file.read(bytes, at, bytes.length - at, position + at));
      } catch (cause) {
        throw errors.sourceUnreadable({ reason: 'the file can no longer be read', path: this.path }, cause);
      }
      // It was long enough when it was opened.
      if (bytesRead === 0) throw errors.sourceChanged({ path: this.path });
      at += bytesRead;
    }
  }
}
