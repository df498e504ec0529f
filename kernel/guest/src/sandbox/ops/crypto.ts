/** Cryptography by Node's own, in calls that take and give bytes. */
import * as crypto from 'node:crypto';
import type { OngoingTable, OpTable } from '../op.ts';
import { shapeOfError } from '../../files/error.ts';
import { count, record, text } from './arguments.ts';

const mostRandom = 4 * 1024 * 1024;
const mostDerived = 1024 * 1024;
const scryptMemory = 128 * 1024 * 1024;

/** Keys and salts travel as base64 among the plain arguments; the one long input travels as bytes. */
function binary(value: unknown): Buffer {
  return Buffer.from(text(value), 'base64');
}

function lengthOf(value: unknown, most: number): number {
  const length = count(value);
  if (length < 0 || length > most) throw new RangeError(`The value of "size" is out of range: ${length}`);
  return length;
}

type KeyInput = string | crypto.KeyLike;

export function keyOf(value: unknown): KeyInput {
  if (typeof value === 'string') return value;
  const { key, passphrase } = record(value);
  return passphrase === undefined
    ? text(key)
    : crypto.createPrivateKey({ key: text(key), passphrase: text(passphrase) });
}

const none = new Uint8Array(0);

export const cryptoOps: OpTable = {
  'crypto.hashes': () => crypto.getHashes(),
  'crypto.ciphers': () => crypto.getCiphers(),
  'crypto.hash': (_context, [algorithm, length], bytes = none) =>
    crypto
      .createHash(text(algorithm), length === null ? {} : { outputLength: lengthOf(length, mostDerived) })
      .update(bytes)
      .digest(),
  'crypto.hmac': (_context, [algorithm, key], bytes = none) =>
    crypto.createHmac(text(algorithm), binary(key)).update(bytes).digest(),
  'crypto.random': (_context, [size]) => crypto.randomBytes(lengthOf(size, mostRandom)),
  'crypto.randomInt': (_context, [least, most]) => crypto.randomInt(count(least), count(most)),
  'crypto.uuid': () => crypto.randomUUID(),
  'crypto.pbkdf2': (_context, [password, salt, iterations, length, digest]) =>
    crypto.pbkdf2Sync(
      binary(password),
      binary(salt),
      lengthOf(iterations, 50_000_000),
      lengthOf(length, mostDerived),
      text(digest),
    ),
  'crypto.scrypt': (_context, [password, salt, length, options]) =>
    crypto.scryptSync(binary(password), binary(salt), lengthOf(length, mostDerived), {
      ...(record(options) as crypto.ScryptOptions),
      maxmem: scryptMemory,
    }),
  'crypto.hkdf': (_context, [digest, key, salt, info, length]) =>
    Buffer.from(crypto.hkdfSync(text(digest), binary(key), binary(salt), binary(info), lengthOf(length, mostDerived))),
  'crypto.sign': (_context, [algorithm, key], bytes = none) =>
    crypto.sign(algorithm === null ? null : text(algorithm), bytes, keyOf(key)),
  'crypto.verify': (_context, [algorithm, key, signature], bytes = none) =>
    crypto.verify(algorithm === null ? null : text(algorithm), bytes, keyOf(key), binary(signature)),
  'crypto.publicKey': (_context, [key]) => crypto.createPublicKey(keyOf(key)).export({ type: 'spki', format: 'pem' }),
  'crypto.certificate': (_context, [given]) => {
    const certificate = new crypto.X509Certificate(binary(given));
    const { subject, issuer, validFrom, validTo, fingerprint, fingerprint256, fingerprint512 } = certificate;
    const { serialNumber, subjectAltName, keyUsage, ca, raw } = certificate;
    return {
      ...{ subject, issuer, validFrom, validTo, fingerprint, fingerprint256, fingerprint512, serialNumber },
      ...{ subjectAltName, keyUsage, ca, raw: raw.toString('base64'), pem: certificate.toString() },
    };
  },
};

/** What would hold the thread for long, beside it. */
export const slowCryptoOps: OngoingTable = {
  'crypto.keyPair': (_context, [type, options], _bytes, listener) => {
    const encodings = {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    } as const;
    crypto.generateKeyPair(
      text(type) as 'rsa',
      { ...(record(options) as unknown as crypto.RSAKeyPairKeyObjectOptions), ...encodings },
      (error, publicKey, privateKey) => {
        if (error === null) listener.last('done', { publicKey, privateKey });
        else listener.last('failed', shapeOfError(error));
      },
    );
    return null;
  },
};
