/** Keys: bytes where they are secret, PEM where they come in pairs. */
import { Buffer } from 'buffer';
import { bytesOf, type Data, packed, received, shown } from './crypto-bytes.ts';
import { ask, call } from './host.ts';

type Options = Record<string, unknown>;
type Kind = 'private' | 'public';

export abstract class KeyObject {
  abstract readonly type: 'secret' | Kind;
  abstract export(options?: Options): unknown;
  abstract equals(other: unknown): boolean;

  get [Symbol.toStringTag](): string {
    return 'KeyObject';
  }
}

export class SecretKey extends KeyObject {
  readonly type = 'secret';
  readonly secretBytes: Buffer;

  constructor(bytes: Buffer) {
    super();
    this.secretBytes = bytes;
  }

  get symmetricKeySize(): number {
    return this.secretBytes.length;
  }

  export({ format }: Options = {}): unknown {
    if (format !== 'jwk') return this.secretBytes;
    return {
      kty: 'oct',
      k: this.secretBytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    };
  }

  equals(other: unknown): boolean {
    return other instanceof SecretKey && this.secretBytes.equals(other.secretBytes);
  }
}

interface Details {
  readonly type: string;
  readonly details: { readonly modulusLength?: number; readonly namedCurve?: string; readonly publicExponent?: string };
}

export class PemKey extends KeyObject {
  readonly type: Kind;
  readonly pem: string;

  constructor(type: Kind, pem: string) {
    super();
    this.type = type;
    this.pem = pem;
  }

  #details(): Details {
    return call('crypto.keyDetails', [this.pem]) as Details;
  }

  get asymmetricKeyType(): string {
    return this.#details().type;
  }

  get asymmetricKeyDetails(): object {
    const { publicExponent, ...rest } = this.#details().details;
    return { ...rest, ...(publicExponent !== undefined && { publicExponent: BigInt(publicExponent) }) };
  }

  export(options?: Options): unknown {
    const made = call('crypto.exportKey', [this.type, this.pem, options ?? {}]);
    return made instanceof Uint8Array ? received(made) : made;
  }

  equals(other: unknown): boolean {
    return other instanceof PemKey && other.type === this.type && other.pem === this.pem;
  }
}

/** A key as it crosses: PEM, or PEM with its passphrase. */
export function keyArgument(key: unknown): unknown {
  if (key instanceof PemKey) return key.pem;
  if (typeof key === 'string') return key;
  if (key instanceof Uint8Array) return Buffer.from(key).toString('utf8');
  const { key: inner, passphrase, format } = (key ?? {}) as Options;
  if (format === 'jwk' || format === 'der') return made('private', key as Options).pem;
  return passphrase === undefined ? keyArgument(inner) : { key: keyArgument(inner), passphrase: passphrase };
}

function made(kind: Kind, given: Options): PemKey {
  const { key, format, type, passphrase } = given;
  const bytes = format === 'jwk' ? undefined : bytesOf(key);
  const pem = call(
    'crypto.importKey',
    [kind, { format, type, passphrase, ...(format === 'jwk' && { jwk: key }) }],
    bytes,
  );
  return new PemKey(kind, pem as string);
}

export function createKey(kind: Kind, key: unknown): PemKey {
  const { format } = (typeof key === 'object' && key !== null ? key : {}) as Options;
  if (format === 'jwk' || format === 'der') return made(kind, key as Options);
  const op = kind === 'private' ? 'crypto.privateKey' : 'crypto.publicKey';
  return new PemKey(kind, call(op, [keyArgument(key)]) as string);
}

export const createSecretKey = (key: Data, encoding?: string): SecretKey => new SecretKey(bytesOf(key, encoding));

interface Pair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Each half as its own encoding has it, as an object where there is none. */
function halves(pair: Pair, options: Options): { publicKey: unknown; privateKey: unknown } {
  const show = (kind: Kind, pem: string): unknown => {
    const encoding = options[`${kind}KeyEncoding`] as Options | undefined;
    const key = new PemKey(kind, pem);
    return encoding === undefined ? key : key.export(encoding);
  };
  return { publicKey: show('public', pair.publicKey), privateKey: show('private', pair.privateKey) };
}

const withoutEncodings = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !name.endsWith('KeyEncoding')));

export function generateKeyPairSync(type: string, options: Options = {}): object {
  return halves(call('crypto.keyPairSync', [type, withoutEncodings(options)]) as Pair, options);
}

type Done = (error: unknown, ...keys: unknown[]) => void;

export function generateKeyPair(type: string, given: Options | Done, done?: Done): void {
  const options = typeof given === 'function' ? {} : given;
  const tell = typeof given === 'function' ? given : done;
  ask('crypto.keyPair', [type, withoutEncodings(options)])
    .then((pair) => halves(pair as Pair, options))
    .then(
      ({ publicKey, privateKey }) => tell?.(null, publicKey, privateKey),
      (error: unknown) => tell?.(error),
    );
}

Object.defineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  value: (type: string, options: Options = {}) =>
    ask('crypto.keyPair', [type, withoutEncodings(options)]).then((pair) => halves(pair as Pair, options)),
});

export class ECDH {
  readonly #curve: string;
  #keys: { privateKey: string; publicKey: string } | null = null;

  constructor(curve: string) {
    this.#curve = curve;
  }

  #held(): { privateKey: string; publicKey: string } {
    if (this.#keys === null) throw new Error('Failed to get ECDH private key');
    return this.#keys;
  }

  generateKeys(encoding?: string): unknown {
    this.#keys = call('crypto.ecdh', [this.#curve, null]) as { privateKey: string; publicKey: string };
    return this.getPublicKey(encoding);
  }

  setPrivateKey(key: Data, encoding?: string): void {
    const given = bytesOf(key, encoding).toString('base64');
    this.#keys = call('crypto.ecdh', [this.#curve, given]) as { privateKey: string; publicKey: string };
  }

  getPublicKey(encoding?: string): unknown {
    return shown(Buffer.from(this.#held().publicKey, 'base64'), encoding);
  }

  getPrivateKey(encoding?: string): unknown {
    return shown(Buffer.from(this.#held().privateKey, 'base64'), encoding);
  }

  computeSecret(other: Data, inputEncoding?: string, outputEncoding?: string): unknown {
    const theirs = bytesOf(other, inputEncoding).toString('base64');
    const secret = call('crypto.ecdhSecret', [this.#curve, this.#held().privateKey, theirs]);
    return shown(received(secret), outputEncoding);
  }
}

/** One of the four ways a key pair is used on bytes. */
export const asymmetric =
  (way: string) =>
  (key: unknown, data: Data): Buffer => {
    const { padding, oaepHash } = (typeof key === 'object' && key !== null ? key : {}) as Options;
    return received(call('crypto.asymmetric', [way, keyArgument(key), { padding, oaepHash }], bytesOf(data)));
  };

export const diffieHellman = ({ privateKey, publicKey }: { privateKey: PemKey; publicKey: PemKey }): Buffer =>
  received(call('crypto.agree', [privateKey.pem, publicKey.pem]));

export { packed };
