import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Authority, createAuthority, openAuthority, type StoredAuthority } from './authority.ts';
import { generateKeys, serialNumber, signing } from './keys.ts';
import { isGood, issueLeaf } from './leaf.ts';
import { isPrivateAddress, isPrivateName } from './names.ts';
import { x509 } from './x509.ts';

const day = 86_400_000;
const now = Date.now();
let folder: string;
let stored: StoredAuthority;
let authority: Authority;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-authority-'));
  stored = await createAuthority('ab12', now);
  authority = await openAuthority(stored);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What OpenSSL, a judge that knows nothing of us, says of a chain; `''` if it is content. */
function verdict(leaf: string, intermediate = stored.intermediate): string {
  const files = { root: stored.root, intermediate, leaf };
  for (const [name, pem] of Object.entries(files)) writeFileSync(join(folder, name), pem);
  const at = (name: string): string => join(folder, name);
  const words = [
    'verify',
    '-CAfile',
    at('root'),
    '-untrusted',
    at('intermediate'),
    '-purpose',
    'sslserver',
    at('leaf'),
  ];
  try {
    execFileSync('openssl', words, { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

/** A leaf as a thief of the intermediate's key would make it. */
async function stolen(name: string, type: 'dns' | 'ip' = 'dns'): Promise<string> {
  const keys = await generateKeys('ecdsa');
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${name}`,
    issuer: authority.intermediate.subjectName,
    notBefore: new Date(now),
    notAfter: new Date(now + day),
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: signing.algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type, value: name }])],
  });
  return certificate.toString('pem');
}

describe('the authority', () => {
  test.each(['ecdsa', 'ed25519'] as const)('issues %s certificates OpenSSL accepts', async (algorithm) => {
    const names = ['syncthing.family.local', 'syncthing.localhost', 'syncthing.startos', '10.0.3.5', 'fd00::2'];
    const leaf = await issueLeaf(authority, names, algorithm, now);
    expect(verdict(leaf.certificate)).toBe('');
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.subjectAltName).toBe(
      'DNS:syncthing.family.local, DNS:syncthing.localhost, DNS:syncthing.startos, IP Address:10.0.3.5, IP Address:FD00:0:0:0:0:0:0:2',
    );
    expect(new Date(certificate.validTo).getTime() - now).toBeLessThanOrEqual(397 * day);
  });

  test.each([
    ['bank.example', 'dns'],
    ['local.example', 'dns'],
    ['8.8.8.8', 'ip'],
    ['2001:4860:4860::8888', 'ip'],
  ] as const)('cannot vouch for %s, even with its key in a thief’s hands', async (name, type) => {
    expect(verdict(await stolen(name, type))).toContain('permitted subtree violation');
  });

  test('keeps no key of the root', () => {
    expect(Object.keys(stored).toSorted()).toEqual(['intermediate', 'intermediateKey', 'root']);
    const key = new X509Certificate(stored.root).publicKey.export({ format: 'pem', type: 'spki' });
    expect(new X509Certificate(stored.intermediate).publicKey.export({ format: 'pem', type: 'spki' })).not.toBe(key);
  });

  test('cannot make another authority', async () => {
    const keys = await generateKeys('ecdsa');
    const lower = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: 'CN=lower',
      issuer: authority.intermediate.subjectName,
      notBefore: new Date(now),
      notAfter: new Date(now + day),
      publicKey: keys.publicKey,
      signingKey: authority.key,
      signingAlgorithm: signing.algorithm,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    const leaf = await issueLeaf(
      { ...authority, intermediate: lower, key: keys.privateKey },
      ['a.local'],
      'ecdsa',
      now,
    );
    expect(verdict(leaf.certificate, `${stored.intermediate}\n${lower.toString('pem')}`)).toContain('path length');
  });

  test('its own tools refuse public names too', async () => {
    for (const names of [['bank.example'], ['a.local', '8.8.8.8'], ['*.local'], ['a..local'], []]) {
      await expect(issueLeaf(authority, names, 'ecdsa', now)).rejects.toMatchObject({
        code: 'network.unknownHostname',
      });
    }
  });
});

test('a certificate serves until 30 days before its end, and only under its authority', async () => {
  const { certificate } = await issueLeaf(authority, ['a.local'], 'ecdsa', now);
  expect(await isGood(authority, certificate, now + 366 * day)).toBe(true);
  expect(await isGood(authority, certificate, now + 368 * day)).toBe(false);
  const other = await openAuthority(await createAuthority('other', now));
  expect(await isGood(other, certificate, now)).toBe(false);
  expect(await isGood(authority, 'nonsense', now)).toBe(false);
});

test('private names and addresses', () => {
  for (const name of ['localhost', 'a.local', 'a-b.c.startos', 'x.hearth']) expect(isPrivateName(name)).toBe(true);
  for (const name of [
    '',
    'a',
    'a.example',
    'A.local',
    'a_b.local',
    '-a.local',
    `${'a'.repeat(64)}.local`,
    'a.local.',
  ]) {
    expect(isPrivateName(name)).toBe(false);
  }
  for (const address of ['10.1.2.3', '172.31.0.1', '192.168.0.1', '127.0.0.1', 'fd00::1', '::1']) {
    expect(isPrivateAddress(address)).toBe(true);
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '192.0.2.2', '2001:db8::1', '10.1', '']) {
    expect(isPrivateAddress(address)).toBe(false);
  }
});
