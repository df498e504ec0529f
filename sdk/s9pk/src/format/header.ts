/** The first 155 bytes: who signed, what was signed, where the root directory lies. */
import { errors } from '../errors.ts';
import { concat, fromHex, hex, u64 } from './bytes.ts';
import { type ArchiveKind, packageKind } from './kind.ts';
import { limits } from './limits.ts';
import { signPrehashed, verifyPrehashed } from './signature.ts';
import type { SigningKey } from './keys.ts';

export const headerBytes = 155;

/** What a signature covers, and so what identifies a package whatever was left out of a copy of it. */
export interface Commitment {
  /** 64 hex digits. */
  readonly rootSighash: string;
  /** Bytes of the complete root directory. */
  readonly rootMaxsize: number;
}

export interface Header {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly commitment: Commitment;
  readonly rootPosition: number;
  /** Bytes of the root directory as stored here. */
  readonly rootStored: number;
  /** A package unless told. */
  readonly kind?: ArchiveKind;
}

/**
 * Checks everything the header can prove before another byte is looked at: magic, version, signature, size caps.
 *
 * @param promised what the archive must be, when someone trusted said so; it also lifts the cap of 1 MiB to its own.
 */
export function parseHeader(bytes: Uint8Array, promised?: Commitment, kind: ArchiveKind = packageKind): Header {
  const { magic, context } = kind;
  if (bytes.length < headerBytes) throw errors.truncated({ needed: headerBytes, size: bytes.length });
  if (bytes[0] !== magic[0] || bytes[1] !== magic[1]) throw errors.badMagic();
  if (bytes[2] !== magic[2]) throw errors.unsupportedVersion({ version: bytes[2] ?? 0 });
  const publicKey = bytes.slice(3, 35);
  const signature = bytes.slice(35, 99);
  if (!verifyPrehashed(publicKey, bytes.subarray(99, 139), signature, context)) throw errors.badSignature();

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const maximum = view.getBigUint64(131);
  const limit = promised?.rootMaxsize ?? limits.rootMaxsize;
  if (maximum > BigInt(limit)) throw errors.rootTocTooLarge({ maximum: maximum.toString(), limit });
  const commitment = { rootSighash: hex(bytes.subarray(99, 131)), rootMaxsize: Number(maximum) };
  if (promised !== undefined && promised.rootSighash.toLowerCase() !== commitment.rootSighash) {
    throw errors.commitmentMismatch({ promised: promised.rootSighash, found: commitment.rootSighash });
  }
  const stored = view.getBigUint64(147);
  if (stored > maximum) {
    throw errors.tocLargerThanSigned({ path: '', stored: stored.toString(), signed: commitment.rootMaxsize });
  }
  const position = view.getBigUint64(139);
  if (position > BigInt(Number.MAX_SAFE_INTEGER)) throw errors.outOfBounds({ path: '' });
  return { publicKey, signature, commitment, rootPosition: Number(position), rootStored: Number(stored), kind };
}

export function encodeHeader(header: Header): Uint8Array {
  return concat([
    Uint8Array.from((header.kind ?? packageKind).magic),
    header.publicKey,
    header.signature,
    commitmentMessage(header.commitment),
    u64(header.rootPosition),
    u64(header.rootStored),
  ]);
}

/** The 40 bytes that are signed. */
export function commitmentMessage(commitment: Commitment): Uint8Array {
  const sighash = fromHex(commitment.rootSighash);
  if (sighash?.length !== 32) throw errors.commitmentMismatch({ promised: commitment.rootSighash });
  return concat([sighash, u64(commitment.rootMaxsize)]);
}

export function signCommitment(key: SigningKey, commitment: Commitment, kind = packageKind): Uint8Array {
  return signPrehashed(key.seed, commitmentMessage(commitment), kind.context);
}

export function verifyCommitment(publicKey: Uint8Array, commitment: Commitment, signature: Uint8Array): boolean {
  return verifyPrehashed(publicKey, commitmentMessage(commitment), signature, packageKind.context);
}
