/** BLAKE3 by a native module: about a hundred times the speed of plain JavaScript. */
import { Blake3Hasher } from '@napi-rs/blake-hash';

/** Each holds two kilobytes the garbage collector cannot see, so they are used again instead of left to it. */
const spare: Blake3Hasher[] = [];
const spareKept = 8;

/** BLAKE3 of bytes that arrive piece by piece. */
export class Blake3 {
  readonly #hash = spare.pop() ?? new Blake3Hasher();

  update(bytes: Uint8Array): void {
    this.#hash.update(asBuffer(bytes));
  }

  /** 32 bytes. Call once. */
  digest(): Uint8Array {
    const digest = new Uint8Array(this.#hash.digestBuffer());
    this.#hash.reset();
    if (spare.length < spareKept) spare.push(this.#hash);
    return digest;
  }
}

/** 32 bytes. */
export function blake3(bytes: Uint8Array): Uint8Array {
  const hash = new Blake3();
  hash.update(bytes);
  return hash.digest();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
