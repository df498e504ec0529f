/** Numbers and names as they stand in an archive, and a few operations on byte arrays. */
import { errors } from '../errors.ts';

export type Mode = 'strict' | 'compat';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Throws a TypeError for anything that is not UTF-8. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function hex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}

/** Null when it is not hex of whole bytes. */
export function fromHex(digits: string): Uint8Array | null {
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Order of unsigned bytes; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Unsigned LEB128 in its shortest form. */
export function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
  return Uint8Array.from(out);
}

/** Eight bytes, the highest first. */
export function u64(value: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

/** Reads a directory from front to back and never past its end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #mode: Mode;
  #at = 0;

  constructor(bytes: Uint8Array, mode: Mode) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#mode = mode;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A view, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) throw errors.tocTruncated();
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  byte(): number {
    if (this.left < 1) throw errors.tocTruncated();
    const value = this.#view.getUint8(this.#at);
    this.#at += 1;
    return value;
  }

  u64(): bigint {
    if (this.left < 8) throw errors.tocTruncated();
    const value = this.#view.getBigUint64(this.#at);
    this.#at += 8;
    return value;
  }

  varint(): number {
    let value = 0n;
    for (let group = 0n; group < 10n; group++) {
      const byte = this.byte();
      if (group === 9n && byte > 1 && (this.#mode === 'strict' || byte >= 0x80)) throw errors.varintTooLong();
      value |= BigInt(byte & 0x7f) << (7n * group);
      if (byte < 0x80) {
        if (byte === 0 && group > 0n && this.#mode === 'strict') throw errors.varintNotShortest();
        return safe(BigInt.asUintN(64, value));
      }
    }
    throw errors.varintTooLong();
  }
}

/** A number that JavaScript counts exactly; larger ones are refused, never rounded. */
export function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw errors.numberTooLarge({ value: value.toString() });
  return Number(value);
}
