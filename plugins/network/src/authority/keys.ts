/** Keys as the certificate library wants them, and as they are kept: PKCS#8 PEM. */
import { createHash, createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { x509 } from './x509.ts';

export type KeyAlgorithm = 'ecdsa' | 'ed25519';

const keyAlgorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256' },
  ed25519: { name: 'Ed25519' },
} as const;

/** What authorities sign with: ECDSA P-256 with SHA-256, known to every client there is. */
export const signing = {
  algorithm: { name: 'ECDSA', hash: 'SHA-256' } as const,
  generate: () => generateKeys('ecdsa'),
};

export async function generateKeys(algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithms[algorithm], true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('expected a pair of keys');
  return keys;
}

export async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

export async function pemToKey(pem: string, algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, keyAlgorithms[algorithm], true, ['sign']);
}

/** SHA-256 of the certificate: upper-case hex bytes joined by colons. */
export function fingerprint(certificate: x509.X509Certificate): string {
  const hex = createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}

/** 127 random bits, positive, never with a leading zero byte. */
export function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
