import * as zlib from 'node:zlib';
import type { OpTable } from '../op.ts';
import { record, text } from './arguments.ts';

/** A little that grows into much must not fill the script's memory. */
const mostOutput = 128 * 1024 * 1024;

const methods = {
  deflate: zlib.deflateSync,
  inflate: zlib.inflateSync,
  deflateRaw: zlib.deflateRawSync,
  inflateRaw: zlib.inflateRawSync,
  gzip: zlib.gzipSync,
  gunzip: zlib.gunzipSync,
  unzip: zlib.unzipSync,
  brotliCompress: zlib.brotliCompressSync,
  brotliDecompress: zlib.brotliDecompressSync,
};

export const zlibOps: OpTable = {
  zlib: (_context, [method, options], bytes = new Uint8Array(0)) => {
    const run = methods[text(method) as keyof typeof methods] as typeof zlib.gzipSync | undefined;
    if (run === undefined) throw new TypeError(`zlib.${text(method)} is not provided`);
    const { level, finishFlush } = record(options ?? {});
    return run(bytes, {
      maxOutputLength: mostOutput,
      ...(typeof level === 'number' && { level }),
      ...(typeof finishFlush === 'number' && { finishFlush }),
    });
  },
  'zlib.crc32': (_context, [start], bytes = new Uint8Array(0)) => zlib.crc32(bytes, Number(start)),
};
