/** `buffer`: the well-kept npm twin, with what Node has added since. */
import * as twin from 'buffer';
import { Blob, File } from './blob.ts';
import { call } from './host.ts';
import { atob, btoa } from './text.ts';

const { Buffer } = twin;
const prototype = Buffer.prototype as object;
type Call = (this: unknown, ...args: unknown[]) => unknown;

const isUrlSafe = (encoding: unknown): boolean =>
  typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';
const toUrlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const plain = (encoding: unknown): unknown => (isUrlSafe(encoding) ? 'base64' : encoding);

/** Puts a function around one of the twin's. */
function around(target: object, name: string, wrap: (inner: Call) => Call): void {
  const inner = (target as Record<string, Call>)[name];
  if (inner !== undefined)
    Object.defineProperty(target, name, { value: wrap(inner), writable: true, configurable: true, enumerable: false });
}

/** `base64url`, which tokens are written in: the twin reads it as base64 already, but does not know its name. */
function addUrlSafeBase64(): void {
  const renamed =
    (first: number) =>
    (inner: Call): Call =>
      function (...args) {
        return inner.apply(this, [...args.slice(0, first), ...args.slice(first).map(plain)]);
      };
  around(Buffer, 'isEncoding', (inner) => (encoding) => isUrlSafe(encoding) || inner(encoding));
  around(Buffer, 'byteLength', renamed(1));
  around(Buffer, 'from', renamed(1));
  around(prototype, 'write', renamed(1));
  around(prototype, 'fill', renamed(1));
  around(
    prototype,
    'toString',
    (inner) =>
      function (encoding, start, end) {
        const text = inner.call(this, plain(encoding), start, end) as string;
        return isUrlSafe(encoding) ? toUrlSafe(text) : text;
      },
  );
}
addUrlSafeBase64();

function transcode(source: Uint8Array, from: BufferEncoding, to: BufferEncoding): Buffer {
  return Buffer.from(Buffer.from(source).toString(from), to);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    call('text.decode', ['utf-8', true, true], bytes);
    return true;
  } catch {
    return false;
  }
}

const mostBytes = 0x7fffffff;
const mostText = 0x1fffffe8;

export const bufferModule: Record<string, unknown> = {
  ...twin,
  Blob,
  File,
  atob,
  btoa,
  transcode,
  isUtf8,
  isAscii: (bytes: Uint8Array) => bytes.every((byte) => byte < 128),
  resolveObjectURL: () => undefined,
  kMaxLength: mostBytes,
  kStringMaxLength: mostText,
  constants: { MAX_LENGTH: mostBytes, MAX_STRING_LENGTH: mostText },
};
