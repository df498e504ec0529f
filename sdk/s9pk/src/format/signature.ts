/**
 * Ed25519ph (RFC 8032, prehash SHA-512) with a context.
 *
 * Node's own `crypto.sign` offers Ed25519 and Ed25519ctx, but not the prehashed variant (it silently takes a digest name
 * and signs the plain way), so this is @noble/curves in the browser and in Node alike.
 */
import { ed25519, ed25519ph } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, hex, utf8 } from './bytes.ts';

const order = ed25519.Point.Fn.ORDER;

/** 64 bytes. `seed` is the 32-byte private key. */
export function signPrehashed(seed: Uint8Array, message: Uint8Array, context: string): Uint8Array {
  return ed25519ph.sign(message, seed, { context: utf8(context) });
}

/** 32 bytes. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed25519ph.getPublicKey(seed);
}

/** What was found good lately. A box opens the same archives over and over, and one check costs milliseconds. */
const good = new Set<string>();
const goodKept = 256;

/**
 * The strict rules: canonical encodings, no point of small order, and the equation without the cofactor. All strict
 * verifiers agree on every input, which the permissive rules (ZIP-215) do not give.
 */
export function verifyPrehashed(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  context: string,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  // Commitments have 40 bytes; nothing long is worth remembering.
  if (message.length > 256) return fits(publicKey, message, signature, context);
  const known = `${context}:${hex(concat([publicKey, signature, message]))}`;
  if (good.has(known)) return true;
  if (!fits(publicKey, message, signature, context)) return false;
  if (good.size >= goodKept) good.clear();
  good.add(known);
  return true;
}

function fits(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array, context: string): boolean {
  const commitment = signature.subarray(0, 32);
  const scalar = littleEndian(signature.subarray(32));
  if (scalar >= order) return false;
  try {
    const key = ed25519.Point.fromBytes(publicKey, false);
    const point = ed25519.Point.fromBytes(commitment, false);
    if (key.isSmallOrder() || point.isSmallOrder()) return false;
    const hashed = sha512(concat([domain(context), commitment, publicKey, sha512(message)]));
    const challenge = littleEndian(hashed) % order;
    return ed25519.Point.BASE.multiplyUnsafe(scalar).subtract(key.multiplyUnsafe(challenge)).equals(point);
  } catch {
    // Bytes that are no point of the curve.
    return false;
  }
}

/** The prefix that keeps variants and contexts of Ed25519 apart; 1 says prehashed. */
function domain(context: string): Uint8Array {
  const bytes = utf8(context);
  return concat([utf8('SigEd25519 no Ed25519 collisions'), Uint8Array.of(1, bytes.length), bytes]);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}
