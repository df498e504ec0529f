/** BLAKE3 in plain JavaScript, for browsers; `node/blake3.ts` is its native twin. Which one is loaded is said in package.json, "imports". */
import { blake3 as noble } from '@noble/hashes/blake3.js';

/** BLAKE3 of bytes that arrive piece by piece. */
export class Blake3 {
  readonly #hash = noble.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** 32 bytes. Call once. */
  digest(): Uint8Array {
    return this.#hash.digest();
  }
}

/** 32 bytes. */
export function blake3(bytes: Uint8Array): Uint8Array {
  return noble(bytes);
}
