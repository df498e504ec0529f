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

const numbers = ['flush', 'finishFlush', 'chunkSize', 'windowBits', 'level', 'memLevel', 'strategy'];

/** Settings that are numbers, a dictionary as base64; whatever else Node takes would reach beyond the data. */
export function zlibOptions(given: unknown): zlib.ZlibOptions & zlib.BrotliOptions {
  const options = record(given ?? {});
  const { dictionary, params } = options;
  return {
    ...Object.fromEntries(
      numbers.filter((name) => typeof options[name] === 'number').map((name) => [name, options[name]]),
    ),
    ...(typeof dictionary === 'string' && { dictionary: Buffer.from(dictionary, 'base64') }),
    ...(typeof params === 'object' && params !== null && { params: params as Record<number, number> }),
  };
}

export const zlibOps: OpTable = {
  zlib: (_context, [method, options], bytes = new Uint8Array(0)) => {
    const run = methods[text(method) as keyof typeof methods] as typeof zlib.gzipSync | undefined;
    if (run === undefined) throw new TypeError(`zlib.${text(method)} is not provided`);
    return run(bytes, { maxOutputLength: mostOutput, ...zlibOptions(options) });
  },
  'zlib.constants': () => ({ ...zlib.constants }),
  'zlib.crc32': (_context, [start], bytes = new Uint8Array(0)) => zlib.crc32(bytes, Number(start)),
};
