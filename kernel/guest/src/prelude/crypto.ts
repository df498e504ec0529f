/** `crypto`, put together. */
import type { Buffer } from 'buffer';
import { bytesOf, type Data, packed, received } from './crypto-bytes.ts';
import { Cipheriv, Decipheriv, Hash, Hmac, Signer } from './crypto-digests.ts';
import type { SecretKey } from './crypto-keys.ts';
import {
  asymmetric,
  createKey,
  createSecretKey,
  diffieHellman,
  ECDH,
  generateKeyPair,
  generateKeyPairSync,
  keyArgument,
  KeyObject,
} from './crypto-keys.ts';
import { call } from './host.ts';
import { refusingAll } from './refused.ts';
import { subtle } from './subtle.ts';

type Done = (error: unknown, value?: unknown) => void;
const later = (run: () => unknown, done: Done): void => {
  Promise.resolve()
    .then(run)
    .then(
      (value) => done(null, value),
      (error: unknown) => done(error),
    );
};
const randomBytes = (size: number, done?: Done): unknown => {
  const make = (): Buffer => received(call('crypto.random', [size]));
  return done === undefined ? make() : later(make, done);
};
const pbkdf2Sync = (password: Data, salt: Data, iterations: number, length: number, digest: string): Buffer =>
  received(call('crypto.pbkdf2', [packed(password), packed(salt), iterations, length, digest]));
const scryptSync = (password: Data, salt: Data, length: number, options: object = {}): Buffer =>
  received(call('crypto.scrypt', [packed(password), packed(salt), length, options]));
const hkdfSync = (digest: string, key: unknown, salt: Data, info: Data, length: number): ArrayBuffer =>
  received(call('crypto.hkdf', [digest, packed(key), packed(salt), packed(info), length])).buffer as ArrayBuffer;

function randomInt(least: number, most?: number | Done, done?: Done): unknown {
  const [from, to] = typeof most === 'number' ? [least, most] : [0, least];
  const tell = typeof most === 'function' ? most : done;
  const make = (): unknown => call('crypto.randomInt', [from, to]);
  return tell === undefined ? make() : later(make, tell);
}

export function getRandomValues<T extends ArrayBufferView>(target: T): T {
  const bytes = call('crypto.random', [target.byteLength]) as Uint8Array;
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes);
  return target;
}

function randomFillSync<T extends ArrayBufferView>(target: T, offset = 0, size = target.byteLength - offset): T {
  const bytes = call('crypto.random', [size]) as Uint8Array;
  new Uint8Array(target.buffer, target.byteOffset + offset, size).set(bytes);
  return target;
}

export function timingSafeEqual(first: Uint8Array, second: Uint8Array): boolean {
  if (first.byteLength !== second.byteLength)
    throw Object.assign(new RangeError('Input buffers must have the same byte length'), {
      code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
    });
  let difference = 0;
  for (let at = 0; at < first.byteLength; at++) difference |= (first[at] ?? 0) ^ (second[at] ?? 0);
  return difference === 0;
}

export const webcrypto = { subtle, getRandomValues, randomUUID: () => call('crypto.uuid', []) as string };

interface Certificate {
  readonly raw: string;
}
function X509Certificate(this: object, pem: Data): object {
  const { raw, ...facts } = call('crypto.certificate', [bytesOf(pem).toString('base64')]) as Certificate;
  return Object.assign(this, facts, { raw: bytesOf(raw, 'base64'), toString: () => (facts as { pem?: string }).pem });
}

const generateKeySync = (type: string, { length }: { length: number }): SecretKey =>
  createSecretKey(randomBytes(length / 8) as Uint8Array);

export const crypto = {
  getHashes: () => call('crypto.hashes', []),
  getCiphers: () => call('crypto.ciphers', []),
  getCurves: () => call('crypto.curves', []),
  getCipherInfo: (name: string | number) => call('crypto.cipherInfo', [name]) ?? undefined,
  createHash: (algorithm: string, options?: { outputLength?: number }) => new Hash(algorithm, options),
  createHmac: (algorithm: string, key: unknown) => new Hmac(algorithm, key),
  hash: (algorithm: string, data: Data, encoding = 'hex') => new Hash(algorithm).update(data).digest(encoding),
  Hash,
  Hmac,
  Cipheriv,
  Decipheriv,
  Sign: Signer,
  Verify: Signer,
  ECDH,
  KeyObject,
  X509Certificate,
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFillSync,
  randomFill: (target: ArrayBufferView, ...rest: unknown[]) => {
    const done = rest.pop() as Done;
    later(() => randomFillSync(target, ...(rest as [number?, number?])), done);
  },
  randomInt,
  randomUUID: webcrypto.randomUUID,
  getRandomValues,
  timingSafeEqual,
  pbkdf2Sync,
  pbkdf2: (password: Data, salt: Data, iterations: number, length: number, digest: string, done: Done) =>
    later(() => pbkdf2Sync(password, salt, iterations, length, digest), done),
  scryptSync,
  scrypt: (password: Data, salt: Data, length: number, options: object | Done, done?: Done) =>
    typeof options === 'function'
      ? later(() => scryptSync(password, salt, length), options as Done)
      : later(() => scryptSync(password, salt, length, options), done as Done),
  hkdfSync,
  hkdf: (digest: string, key: unknown, salt: Data, info: Data, length: number, done: Done) =>
    later(() => hkdfSync(digest, key, salt, info, length), done),
  createCipheriv: (...args: ConstructorParameters<typeof Cipheriv>) => new Cipheriv(...args),
  createDecipheriv: (...args: ConstructorParameters<typeof Decipheriv>) => new Decipheriv(...args),
  createSign: (algorithm: string) => new Signer(algorithm),
  createVerify: (algorithm: string) => new Signer(algorithm),
  sign: (algorithm: string | null | undefined, data: Data, key: unknown, done?: Done) => {
    const make = () => received(call('crypto.sign', [algorithm ?? null, keyArgument(key)], bytesOf(data)));
    return done === undefined ? make() : later(make, done);
  },
  verify: (algorithm: string | null | undefined, data: Data, key: unknown, signature: Data, done?: Done) => {
    const make = () => call('crypto.verify', [algorithm ?? null, keyArgument(key), packed(signature)], bytesOf(data));
    return done === undefined ? make() : later(make, done);
  },
  createSecretKey,
  createPrivateKey: (key: unknown) => createKey('private', key),
  createPublicKey: (key: unknown) => createKey('public', key),
  createECDH: (curve: string) => new ECDH(curve),
  diffieHellman,
  publicEncrypt: asymmetric('publicEncrypt'),
  publicDecrypt: asymmetric('publicDecrypt'),
  privateEncrypt: asymmetric('privateEncrypt'),
  privateDecrypt: asymmetric('privateDecrypt'),
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  generateKey: (type: string, options: { length: number }, done: Done) =>
    later(() => generateKeySync(type, options), done),
  generatePrimeSync: (bits: number): ArrayBuffer => received(call('crypto.prime', [bits])).buffer as ArrayBuffer,
  getFips: () => 0,
  fips: false,
  prng: randomBytes,
  rng: randomBytes,
  secureHeapUsed: () => undefined,
  webcrypto,
  subtle,
  get constants() {
    return call('crypto.constants', []);
  },
  ...refusingAll(
    'crypto',
    'createDiffieHellman createDiffieHellmanGroup getDiffieHellman DiffieHellman DiffieHellmanGroup checkPrime checkPrimeSync generatePrime Certificate setEngine setFips argon2 argon2Sync encapsulate decapsulate randomUUIDv7',
  ),
};
