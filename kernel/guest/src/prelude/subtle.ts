/** `crypto.subtle`: keys are numbers of keys the host holds. */
import { Buffer } from 'buffer';
import { ask } from './host.ts';

interface KeyShape {
  readonly number: number;
  readonly type: string;
  readonly extractable: boolean;
  readonly usages: string[];
  readonly algorithm: object;
}

const numbers = new WeakMap<object, number>();

export class CryptoKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly usages: string[];
  readonly algorithm: object;

  constructor(shape: KeyShape) {
    this.type = shape.type;
    this.extractable = shape.extractable;
    this.usages = shape.usages;
    this.algorithm = shape.algorithm;
    numbers.set(this, shape.number);
  }
}

function numberOf(key: unknown): number {
  const number = typeof key === 'object' && key !== null ? numbers.get(key) : undefined;
  if (number === undefined) throw new TypeError('The argument is not a CryptoKey');
  return number;
}

function viewOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const view = data as ArrayBufferView;
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

function isBinary(value: unknown): boolean {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function algorithmOf(algorithm: unknown): unknown {
  if (typeof algorithm === 'string') return algorithm;
  return Object.fromEntries(
    Object.entries(algorithm as object).map(([name, field]: [string, unknown]) => {
      if (isBinary(field)) return [name, { bytes: Buffer.from(viewOf(field)).toString('base64') }];
      return [name, field instanceof CryptoKey ? { key: numberOf(field) } : field];
    }),
  );
}

const buffer = async (asked: Promise<unknown>): Promise<ArrayBuffer> =>
  ((await asked) as Uint8Array).buffer as ArrayBuffer;
const keyFrom = (shape: unknown): CryptoKey => new CryptoKey(shape as KeyShape);

export const subtle = {
  digest: (algorithm: unknown, data: unknown) => buffer(ask('subtle.digest', [algorithmOf(algorithm)], viewOf(data))),
  sign: (algorithm: unknown, key: unknown, data: unknown) =>
    buffer(ask('subtle.sign', [algorithmOf(algorithm), numberOf(key)], viewOf(data))),
  verify: (algorithm: unknown, key: unknown, signature: unknown, data: unknown) =>
    ask(
      'subtle.verify',
      [algorithmOf(algorithm), numberOf(key), Buffer.from(viewOf(signature)).toString('base64')],
      viewOf(data),
    ),
  encrypt: (algorithm: unknown, key: unknown, data: unknown) =>
    buffer(ask('subtle.encrypt', [algorithmOf(algorithm), numberOf(key)], viewOf(data))),
  decrypt: (algorithm: unknown, key: unknown, data: unknown) =>
    buffer(ask('subtle.decrypt', [algorithmOf(algorithm), numberOf(key)], viewOf(data))),
  deriveBits: (algorithm: unknown, key: unknown, length: number | null = null) =>
    buffer(ask('subtle.deriveBits', [algorithmOf(algorithm), numberOf(key), length])),
  generateKey: async (algorithm: unknown, extractable: boolean, usages: readonly string[]) => {
    const made = await ask('subtle.generateKey', [algorithmOf(algorithm), extractable, usages]);
    const { privateKey, publicKey } = made as { privateKey?: unknown; publicKey?: unknown };
    return privateKey === undefined
      ? keyFrom(made)
      : { privateKey: keyFrom(privateKey), publicKey: keyFrom(publicKey) };
  },
  importKey: async (
    format: string,
    data: unknown,
    algorithm: unknown,
    extractable: boolean,
    usages: readonly string[],
  ) =>
    keyFrom(
      isBinary(data)
        ? await ask('subtle.importKey', [format, null, algorithmOf(algorithm), extractable, usages], viewOf(data))
        : await ask('subtle.importKey', [format, data, algorithmOf(algorithm), extractable, usages]),
    ),
  exportKey: async (format: string, key: unknown) => {
    const made = await ask('subtle.exportKey', [format, numberOf(key)]);
    return made instanceof Uint8Array ? made.buffer : made;
  },
};
