/** Bytes and text as `crypto` takes and gives them. */
import { Buffer } from 'buffer';

export type Data = string | Uint8Array;

export function bytesOf(data: unknown, encoding?: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data, (encoding ?? 'utf8') as BufferEncoding);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const secret = (data as { secretBytes?: unknown } | null)?.secretBytes;
  if (secret instanceof Uint8Array) return Buffer.from(secret);
  throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export const packed = (data: unknown): string => bytesOf(data).toString('base64');
export const received = (value: unknown): Buffer => Buffer.from((value as Uint8Array).buffer as ArrayBuffer);
export const shown = (bytes: Buffer, encoding: unknown): unknown =>
  typeof encoding === 'string' && encoding !== 'buffer' ? bytes.toString(encoding as BufferEncoding) : bytes;
