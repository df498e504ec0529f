/** `stream`: readable-stream, which is Node's own, kept for other engines. */
import streams from 'readable-stream';

export const stream = streams as unknown as typeof import('node:stream');
export const { Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal } = stream;
export type Readable = import('node:stream').Readable;
export type Writable = import('node:stream').Writable;
export type Duplex = import('node:stream').Duplex;
