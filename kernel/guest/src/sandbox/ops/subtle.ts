/** `crypto.subtle`: keys stay on this side, scripts hold their numbers. */
import { webcrypto } from 'node:crypto';
import { shapeOfError } from '../../files/error.ts';
import type { Listener, OngoingTable } from '../op.ts';
import { count, record, text, texts } from './arguments.ts';

type Key = webcrypto.CryptoKey;
const keys = new Map<number, Key>();
const mostKeys = 4096;
let next = 1;

function keep(key: Key): unknown {
  if (keys.size >= mostKeys) throw new RangeError('Too many keys are held');
  keys.set(next, key);
  const { type, extractable, usages, algorithm } = key;
  return { number: next++, type, extractable, usages, algorithm: shown(algorithm) };
}

function shown(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (item instanceof Uint8Array ? [...item] : item)));
}

function keyOf(number: unknown): Key {
  const key = keys.get(count(number));
  if (key === undefined) throw new TypeError('The key is not held');
  return key;
}

/** Byte fields of an algorithm (`iv`, `salt`, ...) arrive as `{ bytes: base64 }`, keys as `{ key: number }`. */
function algorithmOf(value: unknown): never {
  if (typeof value === 'string') return value as never;
  const made: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(record(value))) {
    const { bytes, key } = (typeof field === 'object' && field !== null ? field : {}) as Record<string, unknown>;
    made[name] =
      typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : typeof key === 'number' ? keyOf(key) : field;
  }
  return made as never;
}

type Work = (args: readonly unknown[], bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;

const { subtle } = webcrypto;
const work: Record<string, Work> = {
  digest: async ([algorithm], bytes) => subtle.digest(algorithmOf(algorithm), bytes),
  sign: async ([algorithm, key], bytes) => subtle.sign(algorithmOf(algorithm), keyOf(key), bytes),
  verify: async ([algorithm, key, signature], bytes) =>
    subtle.verify(algorithmOf(algorithm), keyOf(key), Buffer.from(text(signature), 'base64'), bytes),
  encrypt: async ([algorithm, key], bytes) => subtle.encrypt(algorithmOf(algorithm), keyOf(key), bytes),
  decrypt: async ([algorithm, key], bytes) => subtle.decrypt(algorithmOf(algorithm), keyOf(key), bytes),
  deriveBits: async ([algorithm, key, length]) =>
    subtle.deriveBits(algorithmOf(algorithm), keyOf(key), length === null ? null : count(length)),
  generateKey: async ([algorithm, extractable, usages]) => {
    const made = await subtle.generateKey(algorithmOf(algorithm), extractable === true, texts(usages) as never);
    const pair = made;
    if (!('privateKey' in pair)) return keep(made as unknown as Key);
    return { privateKey: keep(pair.privateKey), publicKey: keep(pair.publicKey) };
  },
  importKey: async ([format, jwk, algorithm, extractable, usages], bytes) =>
    keep(
      await subtle.importKey(
        text(format) as never,
        (jwk === null ? bytes : record(jwk)) as never,
        algorithmOf(algorithm),
        extractable === true,
        texts(usages) as never,
      ),
    ),
  exportKey: async ([format, key]) => subtle.exportKey(text(format) as 'raw', keyOf(key)),
};

function finish(listener: Listener, value: unknown): void {
  if (value instanceof ArrayBuffer) listener.last('done', null, new Uint8Array(value));
  else listener.last('done', value);
}

export const subtleOps: OngoingTable = Object.fromEntries(
  Object.entries(work).map(([name, run]) => [
    `subtle.${name}`,
    (_context, args, bytes, listener) => {
      run(args, Uint8Array.from(bytes ?? [])).then(
        (value) => finish(listener, value),
        (error: unknown) => listener.last('failed', shapeOfError(error)),
      );
      return null;
    },
  ]),
) satisfies OngoingTable;
