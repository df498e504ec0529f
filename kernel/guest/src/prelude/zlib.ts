/** `zlib`: whole buffers at once, and streams that give what they have as they go. */
import { Buffer } from 'buffer';
import { begin, call, close, command, errorOf } from './host.ts';
import { refusingAll } from './refused.ts';
import { Transform } from './stream.ts';
import type { ErrorShape } from '../files/error.ts';

type Options = Record<string, unknown>;
type Done = (error: unknown, value?: Buffer) => void;
type Taken = (error?: Error | null) => void;

const names = [
  'deflate',
  'inflate',
  'deflateRaw',
  'inflateRaw',
  'gzip',
  'gunzip',
  'unzip',
  'brotliCompress',
  'brotliDecompress',
] as const;

const bytesOf = (data: unknown): Uint8Array => {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  throw Object.assign(new TypeError('The "buffer" argument must be of type string or an instance of Buffer'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
};

/** As it crosses: a dictionary as text. */
function plain(options: Options = {}): Options {
  const { dictionary } = options;
  if (dictionary === undefined) return options;
  return { ...options, dictionary: Buffer.from(bytesOf(dictionary)).toString('base64') };
}

function run(name: string, data: unknown, options?: Options): Buffer {
  const made = call('zlib', [name, plain(options)], bytesOf(data)) as Uint8Array;
  return Buffer.from(made.buffer as ArrayBuffer);
}

class ZlibStream extends Transform {
  bytesWritten = 0;
  readonly #id: number;
  /** Who waits for the piece, flush or end on its way: there is one at a time. */
  #waiting: Taken | null = null;
  #over = false;

  constructor(name: string, options: Options = {}) {
    super(options);
    this.#id = begin('zlib.stream', [name, plain(options)], (event, value, bytes) => this.#hear(event, value, bytes));
  }

  #hear(event: string, value: unknown, bytes: Uint8Array | null): void {
    if (event === 'data') {
      if (bytes !== null) this.push(Buffer.from(bytes.buffer as ArrayBuffer));
      return;
    }
    const error = event === 'failed' ? errorOf(value as ErrorShape) : null;
    if (event === 'end' || event === 'failed') this.#over = true;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) waiting(error);
    else if (error !== null) this.destroy(error);
  }

  #ask(done: Taken, name: string, args: unknown[] = [], bytes?: Uint8Array): void {
    if (this.#over) return done();
    this.#waiting = done;
    command(this.#id, name, args, bytes);
  }

  override _transform(chunk: unknown, encoding: BufferEncoding, done: Taken): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : (chunk as Uint8Array);
    this.bytesWritten += bytes.length;
    this.#ask(done, 'write', [], bytes);
  }

  override _flush(done: Taken): void {
    this.#ask(done, 'end');
  }

  /** Gives out what is there already. Called between writes, as Node's own is. */
  flush(...args: unknown[]): void {
    const done = args.findLast((arg) => typeof arg === 'function') as (() => void) | undefined;
    const kind = typeof args[0] === 'number' ? args[0] : undefined;
    const ask = (): void => this.#ask(() => done?.(), 'flush', kind === undefined ? [] : [kind]);
    if (this.#waiting === null) ask();
    else this.write(Buffer.alloc(0), ask);
  }

  close(done?: () => void): void {
    if (done !== undefined) this.once('close', done);
    this.destroy();
  }

  override _destroy(error: Error | null, done: Taken): void {
    if (!this.#over) close(this.#id);
    this.#over = true;
    done(error);
  }
}

const constants = call('zlib.constants', []) as Record<string, number>;
const made: Record<string, unknown> = {
  crc32: (data: string | Uint8Array, start = 0) => call('zlib.crc32', [start], bytesOf(data)),
  constants,
  codes: Object.fromEntries(
    Object.entries(constants)
      .filter(([name]) => /^Z_(OK|STREAM_END|NEED_DICT|[A-Z]+_ERROR|ERRNO)$/.test(name))
      .flatMap(([name, number]) => [
        [name, number],
        [String(number), name],
      ]),
  ),
  ...constants,
  ...refusingAll('zlib', 'ZstdCompress ZstdDecompress createZstdCompress createZstdDecompress'),
};

for (const name of names) {
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  made[`${name}Sync`] = (data: unknown, options?: Options) => run(name, data, options);
  made[name] = (data: unknown, options: Options | Done, done?: Done) => {
    const tell = typeof options === 'function' ? options : done;
    const wanted = typeof options === 'function' ? {} : options;
    Promise.resolve()
      .then(() => run(name, data, wanted))
      .then(
        (value) => tell?.(null, value),
        (error: unknown) => tell?.(error),
      );
  };
  made[`create${capital}`] = (options?: Options) => new ZlibStream(name, options);
  made[capital] = function (options?: Options) {
    return new ZlibStream(name, options);
  };
}

export const zlib = made;
