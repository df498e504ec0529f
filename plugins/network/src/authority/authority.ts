/**
 * Hearth's own certificate authority: a root that people trust once, and the intermediate that signs.
 *
 * The root's key signs itself and the intermediate, and is then forgotten: it is never written anywhere. Both live
 * equally long, so nothing will need it again; and as the intermediate's constraints are read by every client, also by
 * those that skip the constraints of a root, no key on this machine can vouch for a public name.
 */
import type { webcrypto } from 'node:crypto';
import { fingerprint, keyToPem, pemToKey, serialNumber, signing } from './keys.ts';
import { nameConstraints } from './name-constraints.ts';
import { x509 } from './x509.ts';

/** PEM throughout; the key in PKCS#8. Kept in the private slice. */
export interface StoredAuthority {
  readonly root: string;
  readonly intermediate: string;
  readonly intermediateKey: string;
}

export interface Authority {
  readonly root: x509.X509Certificate;
  readonly intermediate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
  /** SHA-256 of the root certificate: upper-case hex bytes joined by colons, as browsers show it. */
  readonly fingerprint: string;
}

const day = 86_400_000;
const life = 3650 * day;

/** Makes a new authority. `label` tells boxes apart in a phone's list of certificates. */
export async function createAuthority(label: string, now: number): Promise<StoredAuthority> {
  const rootKeys = await signing.generate();
  const keys = await signing.generate();
  // A day back: clocks of phones and boxes differ.
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + life) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: [{ O: ['Hearth'] }, { CN: [`Hearth Root ${label}`] }],
    keys: rootKeys,
    signingAlgorithm: signing.algorithm,
    extensions: [...(await authorityExtensions(rootKeys.publicKey, 1)), nameConstraints()],
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serialNumber(),
    subject: [{ O: ['Hearth'] }, { CN: [`Hearth Intermediate ${label}`] }],
    issuer: root.subjectName,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: signing.algorithm,
    extensions: [
      ...(await authorityExtensions(keys.publicKey, 0)),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      nameConstraints(),
    ],
  });
  return {
    root: root.toString('pem'),
    intermediate: intermediate.toString('pem'),
    intermediateKey: await keyToPem(keys.privateKey),
  };
}

async function authorityExtensions(publicKey: webcrypto.CryptoKey, pathLength: number): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

/** Throws what the library throws if the stored text is no certificate or no key. */
export async function openAuthority(stored: StoredAuthority): Promise<Authority> {
  const root = new x509.X509Certificate(stored.root);
  return {
    root,
    intermediate: new x509.X509Certificate(stored.intermediate),
    key: await pemToKey(stored.intermediateKey, 'ecdsa'),
    fingerprint: fingerprint(root),
  };
}
