/** Ed25519 keys in the text forms people keep them in: PKCS#8 and SPKI PEM, and signatures as PEM. */
import { errors } from '../errors.ts';
import { concat, sameBytes } from './bytes.ts';
import { publicKeyOf } from './signature.ts';

export interface SigningKey {
  /** 32 bytes; secret. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

// DER up to the key itself; all three structures have one fixed length.
const pkcs8Prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const spkiPrefix = Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);
const signaturePrefix = Uint8Array.of(0x30, 0x49, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x40);

/** @param seed 32 bytes of good randomness. */
export function keyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw errors.badKey({ reason: 'a seed has 32 bytes' });
  return { seed, publicKey: publicKeyOf(seed) };
}

export function generateKey(): SigningKey {
  return keyFromSeed(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param pem PKCS#8, as `openssl genpkey -algorithm ed25519` writes it. */
export function keyFromPem(pem: string): SigningKey {
  return keyFromSeed(afterPrefix(pem, 'PRIVATE KEY', pkcs8Prefix, 'an unencrypted Ed25519 private key'));
}

export function keyToPem(key: SigningKey): string {
  return encodePem('PRIVATE KEY', concat([pkcs8Prefix, key.seed]));
}

export function publicKeyFromPem(pem: string): Uint8Array {
  return afterPrefix(pem, 'PUBLIC KEY', spkiPrefix, 'an Ed25519 public key');
}

export function publicKeyToPem(publicKey: Uint8Array): string {
  return encodePem('PUBLIC KEY', concat([spkiPrefix, publicKey]));
}

export function signatureFromPem(pem: string): Uint8Array {
  return afterPrefix(pem, 'SIGNATURE', signaturePrefix, 'an Ed25519 signature');
}

export function signatureToPem(signature: Uint8Array): string {
  return encodePem('SIGNATURE', concat([signaturePrefix, signature]));
}

function encodePem(label: string, der: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function afterPrefix(pem: string, label: string, prefix: Uint8Array, wanted: string): Uint8Array {
  const refused = errors.badKey({ reason: `not ${wanted} in PEM form` });
  const match = new RegExp(`^-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]{1,400})-----END ${label}-----\\s*$`).exec(
    pem.length > 1000 ? '' : pem,
  );
  if (match === null) throw refused;
  let der: Uint8Array;
  try {
    der = Uint8Array.from(atob((match[1] ?? '').replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    throw refused;
  }
  const content = der.slice(prefix.length);
  const length = label === 'SIGNATURE' ? 64 : 32;
  if (content.length !== length || !sameBytes(der.subarray(0, prefix.length), prefix)) throw refused;
  return content;
}
