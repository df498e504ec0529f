/** The one encoder of frames and journal rows. Its output is not canonical: never hash or sign it. */
import { Encoder } from 'cbor-x';

const codec = new Encoder({ variableMapSize: true, useRecords: false });

/** A buffer of its own: cbor-x hands out views of a pool it may write to again. */
export function encode(value: unknown): Uint8Array {
  return Uint8Array.from(codec.encode(value));
}

export function decode(bytes: Uint8Array): unknown {
  return codec.decode(bytes);
}
