/** `stream`: readable-stream, which is Node's own, kept for other engines; and what gathers a stream whole. */
import type * as NodeStream from 'node:stream';
import { Buffer } from 'buffer';
import streams from 'readable-stream';
import { Blob } from './blob.ts';

export const stream = streams as typeof NodeStream;
const { Duplex: Both } = stream;

/** Two ends: what is written to one is read from the other. */
function duplexPair(options: object = {}): [NodeStream.Duplex, NodeStream.Duplex] {
  const ends: NodeStream.Duplex[] = [];
  const end = (other: number): NodeStream.Duplex =>
    new Both({
      ...options,
      read: () => undefined,
      write(chunk, _encoding, done) {
        ends[other]?.push(chunk);
        done();
      },
      final(done) {
        ends[other]?.push(null);
        done();
      },
    });
  ends.push(end(1), end(0));
  return ends as [NodeStream.Duplex, NodeStream.Duplex];
}

const more = {
  promises: (stream as { promises?: unknown }).promises,
  duplexPair,
  isDestroyed: (one: { destroyed?: boolean }) => one.destroyed === true,
  isWritable: (one: { writable?: boolean }) => one.writable === true,
  getDefaultHighWaterMark: () => 65_536,
  setDefaultHighWaterMark: () => undefined,
};
for (const [name, value] of Object.entries(more))
  if (!(name in stream)) Object.defineProperty(stream, name, { value, writable: true, configurable: true });

export const { Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal } = stream;
export type Readable = NodeStream.Readable;
export type Writable = NodeStream.Writable;
export type Duplex = NodeStream.Duplex;

type Pieces = AsyncIterable<string | Uint8Array>;

async function whole(from: Pieces): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of from) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  return Buffer.concat(pieces);
}

/** `stream/consumers`. */
export const consumers = {
  buffer: whole,
  text: async (from: Pieces) => (await whole(from)).toString('utf8'),
  json: async (from: Pieces) => JSON.parse((await whole(from)).toString('utf8')) as unknown,
  arrayBuffer: async (from: Pieces) => Uint8Array.from(await whole(from)).buffer,
  bytes: async (from: Pieces) => Uint8Array.from(await whole(from)),
  blob: async (from: Pieces) => new Blob([await whole(from)]),
};
