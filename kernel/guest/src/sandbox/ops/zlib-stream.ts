/** Compression that goes on: each piece is answered once it was taken in, so that neither side runs ahead of the other. */
import * as zlib from 'node:zlib';
import { shapeOfError } from '../../files/error.ts';
import type { OngoingTable } from '../op.ts';
import { text } from './arguments.ts';
import { zlibOptions } from './zlib.ts';

const kinds = {
  deflate: zlib.createDeflate,
  inflate: zlib.createInflate,
  deflateRaw: zlib.createDeflateRaw,
  inflateRaw: zlib.createInflateRaw,
  gzip: zlib.createGzip,
  gunzip: zlib.createGunzip,
  unzip: zlib.createUnzip,
  brotliCompress: zlib.createBrotliCompress,
  brotliDecompress: zlib.createBrotliDecompress,
};

export const zlibStreamOps: OngoingTable = {
  'zlib.stream': (_context, [kind, options], _bytes, listener) => {
    const make = Object.hasOwn(kinds, text(kind)) ? kinds[kind as keyof typeof kinds] : undefined;
    if (make === undefined) throw new TypeError(`zlib.${text(kind)} is not provided`);
    const stream = make(zlibOptions(options));
    stream.on('data', (bytes: Buffer) => listener.tell('data', null, bytes));
    stream.on('end', () => listener.last('end'));
    stream.on('error', (error) => listener.last('failed', shapeOfError(error)));
    return {
      command(name, args, bytes) {
        if (name === 'write') stream.write(bytes ?? new Uint8Array(0), () => listener.tell('taken'));
        else if (name === 'flush')
          stream.flush(Number(args[0] ?? zlib.constants.Z_FULL_FLUSH), () => listener.tell('flushed'));
        else if (name === 'end') stream.end();
      },
      close: () => stream.destroy(),
    };
  },
};
