/**
 * restic's REST protocol, version 2, on the streams of an HTTP 2 server: blobs by type and name in one store. Believes
 * nothing that comes: names, sizes and ranges are looked at before the store hears of them.
 */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type BackupStore,
  type Blob,
  blobInfo,
  blobName,
  type BlobType,
  blobType,
  largestBlob,
} from '@hearth/contract';
import { errors } from '../errors.ts';

const version = 'application/vnd.x.restic.rest.v2';
/** Of one list: with packs of 16 MB that is 16 TB. */
const mostBlobs = 1_000_000;

/** Answers one request. Rejects with what the store threw, after nothing or a part was answered. */
export async function answer(
  store: BackupStore,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  signal: AbortSignal,
): Promise<void> {
  const [path = ''] = (headers[':path'] ?? '').split('?');
  const method = headers[':method'] ?? '';
  const asked = read(path);
  if (asked === null) end(stream, 404);
  // The folders of a repository are the store's own business.
  else if (asked === 'repository') end(stream, method === 'POST' ? 200 : 501);
  else if (typeof asked === 'string') await (method === 'GET' ? list(store, asked, stream, signal) : end(stream, 405));
  else await one(store, asked, method, stream, headers, signal);
}

/** `/`, `/<type>/`, `/<type>/<name>`, `/config`. */
function read(path: string): 'repository' | BlobType | Blob | null {
  if (path === '/') return 'repository';
  if (path === '/config') return { type: 'config', name: 'config' };
  const [, first, second, ...more] = path.split('/');
  const type = blobType.safeParse(first);
  if (!type.success || type.data === 'config' || second === undefined || more.length > 0) return null;
  if (second === '') return type.data;
  const name = blobName.safeParse(second);
  return name.success && name.data !== 'config' ? { type: type.data, name: name.data } : null;
}

async function one(
  store: BackupStore,
  blob: Blob,
  method: string,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  signal: AbortSignal,
): Promise<void> {
  switch (method) {
    case 'HEAD': {
      const size = await store.size(blob, signal);
      return size === null ? end(stream, 404) : end(stream, 200, { 'content-length': size });
    }
    case 'GET':
      return send(store, blob, headers.range, stream, signal);
    case 'POST': {
      const size = Number(headers['content-length'] ?? Number.NaN);
      if (!Number.isInteger(size) || size < 0) return end(stream, 411);
      if (size > largestBlob) return end(stream, 413);
      await store.write(blob, size, exactly(stream as AsyncIterable<Uint8Array>, size), signal);
      return end(stream, 200);
    }
    case 'DELETE':
      await store.remove(blob, signal);
      return end(stream, 200);
    default:
      return end(stream, 405);
  }
}

async function list(store: BackupStore, type: BlobType, stream: ServerHttp2Stream, signal: AbortSignal): Promise<void> {
  stream.respond({ ':status': 200, 'content-type': version });
  await pipeline(Readable.from(listText(store, type, signal)), stream, { signal });
}

async function* listText(store: BackupStore, type: BlobType, signal: AbortSignal): AsyncGenerator<string> {
  let count = 0;
  for await (const row of store.list(type, signal)) {
    const { name, size } = blobInfo.parse(row);
    if ((count += 1) > mostBlobs) throw errors.tooManyBlobs({ limit: mostBlobs });
    yield `${count === 1 ? '[' : ','}${JSON.stringify({ name, size })}`;
  }
  yield count === 0 ? '[]' : ']';
}

async function send(
  store: BackupStore,
  blob: Blob,
  range: string | undefined,
  stream: ServerHttp2Stream,
  signal: AbortSignal,
): Promise<void> {
  const [, first = '0', last = ''] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(range ?? '') ?? [];
  const offset = Number(first);
  const length = last === '' ? null : Number(last) - offset + 1;
  if (length !== null && length < 1) return end(stream, 416);
  const found = await store.read(blob, { offset, length }, signal);
  if (found === null) return end(stream, 404);
  const size = found.size ?? length;
  stream.respond({
    ':status': range === undefined ? 200 : 206,
    ...(size !== null && { 'content-length': size }),
  });
  await pipeline(Readable.from(exactly(found.content, size), { objectMode: false }), stream, { signal });
}

/** Fails when there are more bytes than were told, or fewer. */
async function* exactly(content: AsyncIterable<Uint8Array>, size: number | null): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const piece of content) {
    seen += piece.length;
    if (seen > (size ?? largestBlob)) throw errors.wrongSize({ size: size ?? largestBlob });
    yield piece;
  }
  if (size !== null && seen !== size) throw errors.wrongSize({ size });
}

function end(stream: ServerHttp2Stream, status: number, headers: Record<string, number> = {}): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond({ ':status': status, ...headers }, { endStream: true });
  // What still comes is not wanted.
  if (status >= 400) stream.close(constants.NGHTTP2_NO_ERROR);
}
