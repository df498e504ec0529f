/** Bodies, bounded before they are read. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HearthError } from '@hearth/contract';
import { rpcErrors } from '../errors.ts';
import { uploadFolder, uploadPath } from '../uploads.ts';

/** Throws `rpc.wrongType` unless the body is declared as `expected`. */
export function mustBeOfType(request: IncomingMessage, expected: string): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== expected) throw rpcErrors.wrongType({ type: type.slice(0, 100), expected });
}

/** Throws `rpc.tooLarge`: before reading where the length is declared, else as soon as the limit is passed. */
function mustFit(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw rpcErrors.tooLarge({ limit });
}

export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  mustFit(request, limit);
  const chunks: Buffer[] = [];
  let size = 0;
  // Left as it is on refusal: a request that is destroyed takes its answer with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw rpcErrors.tooLarge({ limit });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Streams a body to the staging folder; answers the upload's id. A body that breaks off leaves nothing. */
export async function keepUpload(request: IncomingMessage, staging: string, limit: number): Promise<string> {
  mustFit(request, limit);
  await mkdir(uploadFolder(staging), { recursive: true, mode: 0o700 });
  const id = randomBytes(16).toString('hex');
  const partial = `${uploadPath(staging, id)}.part`;
  let size = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > limit) done(rpcErrors.tooLarge({ limit }));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(request, bound, createWriteStream(partial, { flags: 'wx', mode: 0o600 }));
    await rename(partial, uploadPath(staging, id));
    return id;
  } catch (error) {
    await rm(partial, { force: true });
    if (HearthError.is(error)) throw error;
    throw rpcErrors.uploadFailed({ reason: error instanceof Error ? error.message : String(error) }, error);
  }
}
