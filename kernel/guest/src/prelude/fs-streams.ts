/** Streams of files: a piece at a time, opened when they are made, closed when they end. */
import { bytesOf, openSync, optionsOf, pathOf } from './fs-calls.ts';
import { readPiece } from './fs-more.ts';
import { call } from './host.ts';
import { Readable, Writable } from './stream.ts';

type Taken = (error?: Error | null) => void;

/** Reads of one piece, so that no file is ever held whole. */
const pieceBytes = 65_536;

/** What both have: a descriptor of its own or a given one, `open` and `ready` once it is there. */
function opened(
  stream: Readable | Writable,
  path: unknown,
  options: Record<string, unknown>,
  flags: string,
): number | null {
  try {
    const { fd } = options;
    const descriptor =
      typeof fd === 'number' ? fd : openSync(path, options['flags'] ?? flags, options['mode'] ?? 0o666);
    queueMicrotask(() => {
      stream.emit('open', descriptor);
      stream.emit('ready');
    });
    return descriptor;
  } catch (error) {
    queueMicrotask(() => stream.destroy(error as Error));
    return null;
  }
}

const shut = (descriptor: number | null, options: Record<string, unknown>): void => {
  if (descriptor !== null && options['autoClose'] !== false) call('fs.close', [descriptor]);
};

export class ReadStream extends Readable {
  readonly path: string;
  readonly fd: number | null;
  bytesRead = 0;
  readonly #options: Record<string, unknown>;
  readonly #end: number;
  #position: number | null;

  constructor(path: unknown, given?: unknown) {
    const options = optionsOf(given);
    super({ ...(typeof options['highWaterMark'] === 'number' && { highWaterMark: options['highWaterMark'] }) });
    this.#options = options;
    this.path = path === '' ? '' : pathOf(path);
    const [start, end] = [options['start'], options['end']];
    this.#position = typeof start === 'number' ? start : typeof options['fd'] === 'number' ? null : 0;
    this.#end = typeof end === 'number' ? end : Infinity;
    if (typeof options['encoding'] === 'string') this.setEncoding(options['encoding'] as BufferEncoding);
    this.fd = opened(this, path, options, 'r');
  }

  override _read(size: number): void {
    if (this.fd === null) return;
    try {
      const left = this.#position === null ? Infinity : this.#end - this.#position + 1;
      const piece = left <= 0 ? null : readPiece(this.fd, Math.min(size, left, pieceBytes), this.#position);
      if (this.#position !== null) this.#position += piece?.length ?? 0;
      this.bytesRead += piece?.length ?? 0;
      this.push(piece === null || piece.length === 0 ? null : piece);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  override _destroy(error: Error | null, done: Taken): void {
    shut(this.fd, this.#options);
    done(error);
  }

  close(done?: () => void): void {
    if (done !== undefined) this.once('close', done);
    this.destroy();
  }
}

export class WriteStream extends Writable {
  readonly path: string;
  readonly fd: number | null;
  bytesWritten = 0;
  readonly #options: Record<string, unknown>;
  #position: number | null;

  constructor(path: unknown, given?: unknown) {
    super();
    this.#options = optionsOf(given);
    this.path = path === '' ? '' : pathOf(path);
    const { start } = this.#options;
    this.#position = typeof start === 'number' ? start : null;
    this.fd = opened(this, path, this.#options, 'w');
  }

  override _write(chunk: unknown, encoding: string, done: Taken): void {
    if (this.fd === null) return done();
    try {
      const bytes = bytesOf(chunk, encoding);
      call('fs.write', [this.fd, this.#position], bytes);
      this.bytesWritten += bytes.byteLength;
      if (this.#position !== null) this.#position += bytes.byteLength;
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: Taken): void {
    shut(this.fd, this.#options);
    done(error);
  }

  close(done?: () => void): void {
    if (done !== undefined) this.once('close', done);
    this.end();
  }
}

export const createReadStream = (path: unknown, options?: unknown): ReadStream => new ReadStream(path, options);
export const createWriteStream = (path: unknown, options?: unknown): WriteStream => new WriteStream(path, options);
