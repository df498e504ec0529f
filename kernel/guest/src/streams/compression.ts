/** Compression as it streams, by the script's own `zlib`. */
import { TransformStream } from 'web-streams-polyfill';

interface Packer {
  on(event: 'data', listen: (piece: Uint8Array) => void): void;
  on(event: 'end', listen: () => void): void;
  on(event: 'error', listen: (error: Error) => void): void;
  write(piece: Uint8Array, done: (error?: Error | null) => void): void;
  end(): void;
}
type Maker = () => Packer;
export type Require = (name: string) => Readonly<Record<string, Maker>>;

const packers: Readonly<Record<string, readonly [pack: string, unpack: string]>> = {
  gzip: ['createGzip', 'createGunzip'],
  deflate: ['createDeflate', 'createInflate'],
  'deflate-raw': ['createDeflateRaw', 'createInflateRaw'],
};

export function compressionOf(require: Require): Record<string, unknown> {
  const through = (format: string, way: 0 | 1): TransformStream<Uint8Array, Uint8Array> => {
    const made = require('zlib')[packers[format]?.[way] ?? ''];
    if (made === undefined) throw new TypeError(`There is no compression "${format}"`);
    const packer = made();
    const ended = Promise.withResolvers<undefined>();
    // A failure that comes before anybody waits for the end is told by the stream.
    ended.promise.catch(() => undefined);
    return new TransformStream({
      start(controller) {
        packer.on('data', (piece) => controller.enqueue(new Uint8Array(piece)));
        packer.on('end', () => ended.resolve(undefined));
        packer.on('error', (error) => {
          const failure = new TypeError(error.message, { cause: error });
          ended.reject(failure);
          controller.error(failure);
        });
      },
      transform: (piece) =>
        new Promise((resolve, reject) => {
          packer.write(piece, (error) => (error ? reject(error) : resolve()));
        }),
      flush: () => {
        packer.end();
        return ended.promise;
      },
    });
  };
  class Compressed {
    readonly readable: unknown;
    readonly writable: unknown;

    constructor(format: string, way: 0 | 1) {
      const { readable, writable } = through(format, way);
      this.readable = readable;
      this.writable = writable;
    }
  }
  return {
    CompressionStream: class CompressionStream extends Compressed {
      constructor(format: string) {
        super(format, 0);
      }
    },
    DecompressionStream: class DecompressionStream extends Compressed {
      constructor(format: string) {
        super(format, 1);
      }
    },
  };
}
