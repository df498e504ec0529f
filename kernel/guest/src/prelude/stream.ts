/** `stream`: readable-stream, which is Node's own, kept for other engines. */
import type * as NodeStream from 'node:stream';
import streams from 'readable-stream';

export const stream = streams as typeof NodeStream;
export const { Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal } = stream;
export type Readable = NodeStream.Readable;
export type Writable = NodeStream.Writable;
export type Duplex = NodeStream.Duplex;
