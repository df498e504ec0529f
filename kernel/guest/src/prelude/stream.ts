/** `stream`: readable-stream, which is Node's own, kept for other engines; and what gathers a stream whole. */
import type * as NodeStream from 'node:stream';
import { Buffer } from 'buffer';
import streams from 'readable-stream';
import { Blob } from './blob.ts';
import { readableFrom, webStreams } from './web-streams.ts';

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

interface WebWritable {
  getWriter(): { write(piece: unknown): Promise<void>; close(): Promise<void>; abort(reason: unknown): Promise<void> };
}

function writableTo(to: NodeStream.Writable): object {
  const { WritableStream } = webStreams() as unknown as { WritableStream: new (sink: object) => object };
  const settled = (begin: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => begin((error) => (error ? reject(error) : resolve())));
  return new WritableStream({
    start: (controller: { error(error: Error): void }) => void to.on('error', (error) => controller.error(error)),
    write: (piece: unknown) => settled((done) => to.write(piece, done)),
    close: () => settled((done) => to.end(done)),
    abort: (reason: Error) => void to.destroy(reason),
  });
}

function writableFrom(to: WebWritable, options: object = {}): NodeStream.Writable {
  const writer = to.getWriter();
  const then = (work: Promise<void>, done: (error?: Error | null) => void): void => void work.then(() => done(), done);
  return new stream.Writable({
    ...options,
    write: (piece: unknown, _encoding, done) => then(writer.write(piece), done),
    final: (done) => then(writer.close(), done),
    destroy: (error, done) => {
      if (error === null) done(null);
      else void writer.abort(error).then(() => done(error), done);
    },
  });
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

/** Between Node's streams and the web's. */
const bridges: readonly (readonly [owner: object, name: string, make: (from: never, options?: object) => unknown])[] = [
  [stream.Readable, 'toWeb', (from: AsyncIterable<unknown>) => readableFrom(from)],
  [
    stream.Readable,
    'fromWeb',
    (from: AsyncIterable<unknown>, options?: object) => stream.Readable.from(from, { objectMode: false, ...options }),
  ],
  [stream.Writable, 'toWeb', (to: NodeStream.Writable) => writableTo(to)],
  [stream.Writable, 'fromWeb', (to: WebWritable, options?: object) => writableFrom(to, options)],
];
for (const [owner, name, value] of bridges)
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });

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
