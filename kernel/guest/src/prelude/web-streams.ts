/** The web's streams, read in when a script first asks for one of them. */
import { call } from './host.ts';

type Streams = Readonly<Record<string, new (...args: never[]) => object>>;
type Make = (require: (name: string) => unknown) => Streams;

export const webStreamNames = [
  ...['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest'],
  ...['ReadableStreamDefaultController', 'ReadableByteStreamController'],
  ...['WritableStream', 'WritableStreamDefaultWriter', 'WritableStreamDefaultController'],
  ...['TransformStream', 'TransformStreamDefaultController'],
  ...['ByteLengthQueuingStrategy', 'CountQueuingStrategy'],
  ...['TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream'],
] as const;

let loaded: Streams | null = null;
let requireLater: (name: string) => unknown = () => undefined;

/** Compression is `zlib`'s, which comes with the other modules. */
export function lendModules(require: (name: string) => unknown): void {
  requireLater = require;
}

export function webStreams(): Streams {
  if (loaded !== null) return loaded;
  const text = call('prelude.streams', []) as string;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a file of ours, evaluated as the prelude itself is
  const evaluate = new Function(`${text}\nreturn __streams.make;`) as () => Make;
  const make = evaluate();
  loaded = make((name) => requireLater(name));
  return loaded;
}

/** Defines each of them so that looking at it brings it; what is written over it stays. */
export function defineWebStreams(target: object, enumerable: boolean): void {
  for (const name of webStreamNames)
    Object.defineProperty(target, name, {
      enumerable,
      configurable: true,
      get: () => webStreams()[name],
      set: (value: unknown) =>
        Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true }),
    });
}

export interface WebReadable extends AsyncIterable<Uint8Array> {
  pipeThrough(pair: { readable: unknown; writable: unknown }, options?: object): WebReadable;
  pipeTo(target: unknown, options?: object): Promise<void>;
}

/** Of whatever can be iterated. */
export function readableFrom(pieces: AsyncIterable<unknown>): WebReadable {
  const { ReadableStream } = webStreams() as unknown as {
    ReadableStream: { from(pieces: AsyncIterable<unknown>): WebReadable };
  };
  return ReadableStream.from(pieces);
}
