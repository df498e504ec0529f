/** `zlib`: whole buffers at once, and streams that give everything at their end. */
import { Buffer } from 'buffer';
import { call } from './host.ts';
import { Transform } from './stream.ts';

type Options = Record<string, unknown>;
type Done = (error: unknown, value?: Buffer) => void;

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

function run(name: string, data: unknown, options: Options = {}): Buffer {
  const bytes =
    typeof data === 'string' ? Buffer.from(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  const made = call('zlib', [name, options], bytes as Uint8Array) as Uint8Array;
  return Buffer.from(made.buffer as ArrayBuffer);
}

function streamOf(name: string, options: Options = {}): unknown {
  const pieces: Buffer[] = [];
  return new Transform({
    transform(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) {
      pieces.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
      done();
    },
    flush(done: (error?: Error | null, data?: Buffer) => void) {
      try {
        done(null, run(name, Buffer.concat(pieces), options));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

const made: Record<string, unknown> = {
  crc32: (data: string | Uint8Array, start = 0) =>
    call('zlib.crc32', [start], typeof data === 'string' ? Buffer.from(data) : data),
  constants: {
    Z_NO_FLUSH: 0,
    Z_PARTIAL_FLUSH: 1,
    Z_SYNC_FLUSH: 2,
    Z_FULL_FLUSH: 3,
    Z_FINISH: 4,
    Z_BEST_COMPRESSION: 9,
  },
};
Object.assign(made, made['constants']);

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
  made[`create${capital}`] = (options?: Options) => streamOf(name, options);
  made[capital] = function (options?: Options) {
    return streamOf(name, options);
  };
}

export const zlib = made;
