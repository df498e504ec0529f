/**
 * Hashes, codes, ciphers and signatures.
 *
 * What is short is gathered here and crosses once, so that a world with a hash begun in it can still be kept as an image.
 * Longer input goes over to the host piece by piece.
 */
import { Buffer } from 'buffer';
import { bytesOf, type Data, packed, received, shown } from './crypto-bytes.ts';
import { keyArgument } from './crypto-keys.ts';
import { call } from './host.ts';
import { Transform } from './stream.ts';

/** Held here at most. */
const short = 1024 * 1024;
const finalized = (): Error => Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });

type Taken = (error?: Error | null) => void;

/** Gathers what `update` brings; what comes of it is asked for at the end. */
abstract class Gathering extends Transform {
  protected pieces: Buffer[] = [];
  protected held = 0;
  protected finished = false;

  update(data: Data, encoding?: string): this {
    if (this.finished) throw finalized();
    const piece = Buffer.from(bytesOf(data, encoding));
    this.pieces.push(piece);
    this.held += piece.length;
    return this;
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: Taken): void {
    this.update(chunk, encoding);
    done();
  }

  protected whole(): Buffer {
    if (this.finished) throw finalized();
    this.finished = true;
    return Buffer.concat(this.pieces);
  }
}

/** What is alike in hashes and codes: `ofShort` for a short input, `begin` for a long one. */
abstract class Digest extends Gathering {
  protected number: number | null = null;

  protected abstract ofShort(bytes: Buffer): Buffer;
  protected abstract begin(): number;

  override update(data: Data, encoding?: string): this {
    super.update(data, encoding);
    if (this.held > short) this.#passOn();
    return this;
  }

  #passOn(): void {
    this.number ??= this.begin();
    call('digest.update', [this.number], Buffer.concat(this.pieces));
    this.pieces = [];
    this.held = 0;
  }

  digest(encoding?: string): unknown {
    if (this.number === null) return shown(this.ofShort(this.whole()), encoding);
    this.#passOn();
    this.whole();
    return shown(received(call('digest.final', [this.number])), encoding);
  }

  override _flush(done: Taken): void {
    this.push(this.digest());
    done();
  }
}

export class Hash extends Digest {
  readonly #algorithm: string;
  readonly #length: number | null;

  constructor(algorithm: string, options: { outputLength?: number } = {}) {
    super();
    this.#algorithm = algorithm;
    this.#length = options.outputLength ?? null;
    // An unknown name is refused now, as Node does.
    call('crypto.hash', [algorithm, this.#length], new Uint8Array(0));
  }

  protected override ofShort(bytes: Buffer): Buffer {
    return received(call('crypto.hash', [this.#algorithm, this.#length], bytes));
  }

  protected override begin(): number {
    return call('digest.hash', [this.#algorithm, this.#length]) as number;
  }

  copy(): Hash {
    if (this.finished) throw finalized();
    const made = new Hash(this.#algorithm, this.#length === null ? {} : { outputLength: this.#length });
    made.pieces = [...this.pieces];
    made.held = this.held;
    made.number = this.number === null ? null : (call('digest.copy', [this.number]) as number);
    return made;
  }
}

export class Hmac extends Digest {
  readonly #algorithm: string;
  readonly #key: string;

  constructor(algorithm: string, key: unknown) {
    super();
    this.#algorithm = algorithm;
    this.#key = packed(key);
    call('crypto.hmac', [algorithm, this.#key], new Uint8Array(0));
  }

  protected override ofShort(bytes: Buffer): Buffer {
    return received(call('crypto.hmac', [this.#algorithm, this.#key], bytes));
  }

  protected override begin(): number {
    return call('digest.hmac', [this.#algorithm, this.#key]) as number;
  }
}

/** Either way: what is ready comes out of `update`, the rest out of `final`. */
class Cipher extends Transform {
  readonly #number: number;
  #finished = false;

  constructor(op: 'digest.cipher' | 'digest.decipher', algorithm: string, key: unknown, iv: unknown, options: object) {
    super();
    this.#number = call(op, [algorithm, packed(key), iv === null ? null : packed(iv), options]) as number;
  }

  #updated(data: Data, encoding?: string): Buffer {
    return received(call('digest.update', [this.#number], bytesOf(data, encoding)));
  }

  #finally(): Buffer {
    if (this.#finished) throw Object.assign(new Error('Unsupported state'), { code: 'ERR_CRYPTO_INVALID_STATE' });
    this.#finished = true;
    return received(call('digest.final', [this.#number]));
  }

  update(data: Data, inputEncoding?: string, outputEncoding?: string): unknown {
    return shown(this.#updated(data, inputEncoding), outputEncoding);
  }

  final(encoding?: string): unknown {
    return shown(this.#finally(), encoding);
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: Taken): void {
    try {
      done(null);
      this.push(this.#updated(chunk, encoding));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  override _flush(done: Taken): void {
    try {
      this.push(this.#finally());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  setAAD(data: Data, options: { plaintextLength?: number } = {}): this {
    call('digest.aad', [this.#number, packed(data), options.plaintextLength ?? null]);
    return this;
  }

  setAuthTag(tag: Data, encoding?: string): this {
    call('digest.setTag', [this.#number, bytesOf(tag, encoding).toString('base64')]);
    return this;
  }

  getAuthTag(): Buffer {
    return received(call('digest.tag', [this.#number]));
  }

  setAutoPadding(on = true): this {
    call('digest.padding', [this.#number, on]);
    return this;
  }
}

export class Cipheriv extends Cipher {
  constructor(algorithm: string, key: unknown, iv: unknown, options: object = {}) {
    super('digest.cipher', algorithm, key, iv, options);
  }
}

export class Decipheriv extends Cipher {
  constructor(algorithm: string, key: unknown, iv: unknown, options: object = {}) {
    super('digest.decipher', algorithm, key, iv, options);
  }
}

/** `sign` and `verify` of what was gathered. */
export class Signer extends Gathering {
  readonly #algorithm: string;

  constructor(algorithm: string) {
    super();
    this.#algorithm = algorithm;
  }

  sign(key: unknown, encoding?: string): unknown {
    return shown(received(call('crypto.sign', [this.#algorithm, keyArgument(key)], this.whole())), encoding);
  }

  verify(key: unknown, signature: Data, encoding?: string): boolean {
    const given = bytesOf(signature, encoding).toString('base64');
    return call('crypto.verify', [this.#algorithm, keyArgument(key), given], this.whole()) as boolean;
  }
}
