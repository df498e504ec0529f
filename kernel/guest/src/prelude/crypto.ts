/** `crypto`. Long inputs are gathered here and cross once. */
import { Buffer } from 'buffer';
import { ask, call } from './host.ts';
import { Transform } from './stream.ts';
import { subtle } from './subtle.ts';

type Data = string | Uint8Array;

function bytesOf(data: unknown, encoding?: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data, (encoding ?? 'utf8') as BufferEncoding);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (data instanceof SecretKey) return data.export();
  throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

const packed = (data: unknown): string => bytesOf(data).toString('base64');
const received = (value: unknown): Buffer => Buffer.from((value as Uint8Array).buffer as ArrayBuffer);
const shown = (bytes: Buffer, encoding: unknown): unknown =>
  typeof encoding === 'string' && encoding !== 'buffer' ? bytes.toString(encoding as BufferEncoding) : bytes;

/** Gathers what `update` brings; what comes of it is asked for once, at the end. */
abstract class Gathering extends Transform {
  protected readonly pieces: Buffer[] = [];
  protected finished = false;

  protected abstract result(): Buffer;

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.pieces.push(bytesOf(chunk, encoding));
    done();
  }

  override _flush(done: (error?: Error | null) => void): void {
    this.push(this.result());
    done();
  }

  protected whole(): Buffer {
    if (this.finished) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
    this.finished = true;
    return Buffer.concat(this.pieces);
  }
}

class Hash extends Gathering {
  readonly #algorithm: string;
  readonly #length: number | null;

  constructor(algorithm: string, options: { outputLength?: number } = {}) {
    super();
    this.#algorithm = algorithm;
    this.#length = options.outputLength ?? null;
    // An unknown name is refused now, as Node does.
    call('crypto.hash', [algorithm, this.#length], new Uint8Array(0));
  }

  update(data: Data, encoding?: string): this {
    this.pieces.push(Buffer.from(bytesOf(data, encoding)));
    return this;
  }

  protected result(): Buffer {
    return received(call('crypto.hash', [this.#algorithm, this.#length], this.whole()));
  }

  digest(encoding?: string): unknown {
    return shown(this.result(), encoding);
  }

  copy(): Hash {
    const made = new Hash(this.#algorithm);
    made.pieces.push(...this.pieces);
    return made;
  }
}

class Hmac extends Gathering {
  readonly #algorithm: string;
  readonly #key: string;

  constructor(algorithm: string, key: unknown) {
    super();
    this.#algorithm = algorithm;
    this.#key = packed(key);
    call('crypto.hmac', [algorithm, this.#key], new Uint8Array(0));
  }

  update(data: Data, encoding?: string): this {
    this.pieces.push(Buffer.from(bytesOf(data, encoding)));
    return this;
  }

  protected result(): Buffer {
    return received(call('crypto.hmac', [this.#algorithm, this.#key], this.whole()));
  }

  digest(encoding?: string): unknown {
    return shown(this.result(), encoding);
  }
}

/** Either way: what goes in is gathered, all comes out of `final`. */
class Cipher extends Gathering {
  readonly #op: 'crypto.encrypt' | 'crypto.decrypt';
  readonly #args: [string, string, string | null];
  #aad: string | null = null;
  #tag: string | null = null;
  #made: Buffer | null = null;

  constructor(op: 'crypto.encrypt' | 'crypto.decrypt', algorithm: string, key: unknown, iv: unknown) {
    super();
    this.#op = op;
    this.#args = [algorithm, packed(key), iv === null ? null : packed(iv)];
  }

  update(data: Data, inputEncoding?: string, outputEncoding?: string): unknown {
    this.pieces.push(Buffer.from(bytesOf(data, inputEncoding)));
    return shown(Buffer.alloc(0), outputEncoding);
  }

  protected result(): Buffer {
    const seals = /gcm|ccm|ocb|poly1305/i.test(this.#args[0]);
    const encrypts = this.#op === 'crypto.encrypt';
    const out = received(call(this.#op, [...this.#args, this.#aad, encrypts ? seals : this.#tag], this.whole()));
    if (!encrypts || !seals) return out;
    this.#made = out.subarray(out.length - 16);
    return out.subarray(0, out.length - 16);
  }

  final(encoding?: string): unknown {
    return shown(this.result(), encoding);
  }

  setAAD(data: Data): this {
    this.#aad = packed(data);
    return this;
  }

  setAuthTag(tag: Data): this {
    this.#tag = packed(tag);
    return this;
  }

  getAuthTag(): Buffer {
    if (this.#made === null) throw new Error('The tag is there once final() was called');
    return this.#made;
  }

  setAutoPadding(): this {
    return this;
  }
}

/** A key as bytes (secret) or PEM (the rest). */
class SecretKey {
  readonly type = 'secret';
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get symmetricKeySize(): number {
    return this.#bytes.length;
  }

  export(): Buffer {
    return this.#bytes;
  }
}

class PemKey {
  readonly type: 'private' | 'public';
  readonly pem: string;

  constructor(type: 'private' | 'public', pem: string) {
    this.type = type;
    this.pem = pem;
  }

  export(): string {
    return this.pem;
  }
}

function keyArgument(key: unknown): unknown {
  if (key instanceof PemKey) return key.pem;
  if (typeof key === 'string') return key;
  if (key instanceof Uint8Array) return Buffer.from(key).toString('utf8');
  const { key: inner, passphrase } = (key ?? {}) as { key?: unknown; passphrase?: unknown };
  return passphrase === undefined ? keyArgument(inner) : { key: keyArgument(inner), passphrase };
}

class Signer extends Gathering {
  readonly #algorithm: string;

  constructor(algorithm: string) {
    super();
    this.#algorithm = algorithm;
  }

  update(data: Data, encoding?: string): this {
    this.pieces.push(Buffer.from(bytesOf(data, encoding)));
    return this;
  }

  protected result(): Buffer {
    throw new Error('sign() or verify() ends it');
  }

  sign(key: unknown, encoding?: string): unknown {
    return shown(received(call('crypto.sign', [this.#algorithm, keyArgument(key)], this.whole())), encoding);
  }

  verify(key: unknown, signature: Data, encoding?: string): boolean {
    const given = bytesOf(signature, encoding).toString('base64');
    return call('crypto.verify', [this.#algorithm, keyArgument(key), given], this.whole()) as boolean;
  }
}

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

export function timingSafeEqual(first: Uint8Array, second: Uint8Array): boolean {
  if (first.byteLength !== second.byteLength)
    throw Object.assign(new RangeError('Input buffers must have the same byte length'), {
      code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
    });
  let difference = 0;
  for (let at = 0; at < first.byteLength; at++) difference |= (first[at] ?? 0) ^ (second[at] ?? 0);
  return difference === 0;
}

function generateKeyPair(type: string, options: object, done: (error: unknown, ...keys: unknown[]) => void): void {
  const wantsText = 'privateKeyEncoding' in options;
  ask('crypto.keyPair', [type, options]).then(
    (made) => {
      const { publicKey, privateKey } = made as { publicKey: string; privateKey: string };
      if (wantsText) done(null, publicKey, privateKey);
      else done(null, new PemKey('public', publicKey), new PemKey('private', privateKey));
    },
    (error: unknown) => done(error),
  );
}

export const webcrypto = { subtle, getRandomValues, randomUUID: () => call('crypto.uuid', []) as string };

export const crypto = {
  getHashes: () => call('crypto.hashes', []),
  getCiphers: () => call('crypto.ciphers', []),
  createHash: (algorithm: string, options?: { outputLength?: number }) => new Hash(algorithm, options),
  createHmac: (algorithm: string, key: unknown) => new Hmac(algorithm, key),
  hash: (algorithm: string, data: Data, encoding = 'hex') => new Hash(algorithm).update(data).digest(encoding),
  Hash,
  Hmac,
  randomBytes,
  pseudoRandomBytes: randomBytes,
  randomFillSync: getRandomValues,
  randomFill: (target: Uint8Array, done: Done) => later(() => getRandomValues(target), done),
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
  createCipheriv: (algorithm: string, key: unknown, iv: unknown) => new Cipher('crypto.encrypt', algorithm, key, iv),
  createDecipheriv: (algorithm: string, key: unknown, iv: unknown) => new Cipher('crypto.decrypt', algorithm, key, iv),
  createSign: (algorithm: string) => new Signer(algorithm),
  createVerify: (algorithm: string) => new Signer(algorithm),
  sign: (algorithm: string | null | undefined, data: Data, key: unknown) =>
    received(call('crypto.sign', [algorithm ?? null, keyArgument(key)], bytesOf(data))),
  verify: (algorithm: string | null | undefined, data: Data, key: unknown, signature: Data) =>
    call('crypto.verify', [algorithm ?? null, keyArgument(key), packed(signature)], bytesOf(data)),
  createSecretKey: (key: Data, encoding?: string) => new SecretKey(bytesOf(key, encoding)),
  createPrivateKey: (key: unknown) => new PemKey('private', String(keyArgument(key))),
  createPublicKey: (key: unknown) => new PemKey('public', call('crypto.publicKey', [keyArgument(key)]) as string),
  generateKeyPair,
  X509Certificate: function X509Certificate(pem: Data) {
    return call('crypto.certificate', [bytesOf(pem).toString('utf8')]);
  },
  webcrypto,
  subtle,
  constants: {},
};
