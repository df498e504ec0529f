/** Hashes, codes and ciphers that go on over many pieces: held here, known to the script by number. */
import * as crypto from 'node:crypto';
import type { OpTable } from '../op.ts';
import { count, record, text } from './arguments.ts';

interface Running {
  update(bytes: Uint8Array): Buffer | null;
  final(): Buffer;
  /** Only of a hash. */
  readonly hash?: crypto.Hash;
  readonly cipher?: crypto.CipherGCM | crypto.DecipherGCM;
}

/** A script that begins and never ends loses the oldest. */
const mostRunning = 4096;
const running = new Map<number, Running>();
let next = 1;
const none = new Uint8Array(0);

function keep(one: Running): number {
  const [oldest] = running.keys();
  if (running.size >= mostRunning && oldest !== undefined) running.delete(oldest);
  running.set(next, one);
  return next++;
}

function runningOf(number: unknown): Running {
  const found = running.get(count(number));
  if (found === undefined)
    throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
  return found;
}

const binary = (value: unknown): Buffer => Buffer.from(text(value), 'base64');

function keepHash(hash: crypto.Hash): number {
  return keep({ hash, update: (bytes) => (hash.update(bytes), null), final: () => hash.digest() });
}

function keepCipher(encrypt: boolean, [algorithm, key, iv, given]: readonly unknown[]): number {
  const name = text(algorithm) as crypto.CipherGCMTypes;
  const { authTagLength } = record(given ?? {});
  const options = (typeof authTagLength === 'number' ? { authTagLength } : {}) as crypto.CipherGCMOptions;
  const vector = iv === null ? null : binary(iv);
  const cipher = encrypt
    ? crypto.createCipheriv(name, binary(key), vector as Buffer, options)
    : crypto.createDecipheriv(name, binary(key), vector as Buffer, options);
  return keep({ cipher, update: (bytes) => cipher.update(bytes), final: () => cipher.final() });
}

function cipherOf(number: unknown): crypto.CipherGCM & crypto.DecipherGCM {
  const { cipher } = runningOf(number);
  if (cipher === undefined) throw new TypeError('It is no cipher');
  return cipher as crypto.CipherGCM & crypto.DecipherGCM;
}

export const digestOps: OpTable = {
  'digest.hash': (_context, [algorithm, length]) =>
    keepHash(crypto.createHash(text(algorithm), length === null ? {} : { outputLength: count(length) })),
  'digest.hmac': (_context, [algorithm, key]) => {
    const hmac = crypto.createHmac(text(algorithm), binary(key));
    return keep({ update: (bytes) => (hmac.update(bytes), null), final: () => hmac.digest() });
  },
  'digest.cipher': (_context, args) => keepCipher(true, args),
  'digest.decipher': (_context, args) => keepCipher(false, args),
  'digest.update': (_context, [number], bytes = none) => runningOf(number).update(bytes) ?? none,
  'digest.copy': (_context, [number]) => {
    const { hash } = runningOf(number);
    if (hash === undefined) throw new TypeError('It is no hash');
    return keepHash(hash.copy());
  },
  'digest.aad': (_context, [number, data, length]) => {
    const options = typeof length === 'number' ? { plaintextLength: length } : undefined;
    cipherOf(number).setAAD(binary(data), options);
  },
  'digest.tag': (_context, [number]) => cipherOf(number).getAuthTag(),
  'digest.setTag': (_context, [number, tag]) => void cipherOf(number).setAuthTag(binary(tag)),
  'digest.padding': (_context, [number, on]) => void cipherOf(number).setAutoPadding(on === true),
  'digest.final': (_context, [number]) => {
    const one = runningOf(number);
    // A cipher's tag is asked for afterwards: it stays until it is the oldest.
    if (one.cipher === undefined) running.delete(count(number));
    return one.final();
  },
};
