/** Certificates of servers: 397 days, made anew when fewer than 30 are left. */
import { isIP } from 'node:net';
import type { Authority } from './authority.ts';
import type { KeyAlgorithm } from './keys.ts';
import { generateKeys, keyToPem, serialNumber, signing } from './keys.ts';
import { isPrivateAddress, isPrivateName } from './names.ts';
import { errors } from '../errors.ts';
import { x509 } from './x509.ts';

export interface Leaf {
  /** PEM of the leaf alone. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

const day = 86_400_000;
const life = 397 * day;
const renewBefore = 30 * day;

/**
 * Issues a certificate for DNS names and addresses, in the order given.
 *
 * Throws `network.unknownHostname` for a name no certificate of this authority could be trusted for.
 */
export async function issueLeaf(
  authority: Authority,
  hostnames: readonly string[],
  algorithm: KeyAlgorithm,
  now: number,
): Promise<Leaf> {
  const foreign = hostnames.find((name) => !isPrivateName(name) && !isPrivateAddress(name));
  if (foreign !== undefined || hostnames.length === 0) throw errors.unknownHostname({ hostname: foreign ?? '' });
  const keys = await generateKeys(algorithm);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    // The names stand in the extension; a subject of its own keeps chains readable and its 64 bytes are no limit on names.
    subject: [{ O: ['Hearth'] }, { CN: [(hostnames[0] ?? '').slice(0, 64)] }],
    issuer: authority.intermediate.subjectName,
    notBefore: new Date(now - day),
    notAfter: new Date(Math.min(now + life, authority.intermediate.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: signing.algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hostnames.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.intermediate.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyToPem(keys.privateKey) };
}

/** Whether a kept certificate still serves: of this authority, and not near its end. Broken text does not. */
export async function isGood(authority: Authority, pem: string, now: number): Promise<boolean> {
  try {
    const certificate = new x509.X509Certificate(pem);
    const end = certificate.notAfter.getTime();
    // Near the end of the authority itself a leaf cannot be made to last longer.
    const due = Math.min(end, authority.intermediate.notAfter.getTime()) - renewBefore;
    return (
      now < due && (await certificate.verify({ publicKey: authority.intermediate.publicKey, signatureOnly: true }))
    );
  } catch {
    return false;
  }
}
