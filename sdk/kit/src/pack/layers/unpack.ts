/** Layers of an archive as plain tars on disk, proved and bounded. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, createWriteStream, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { errors } from '../errors.ts';
import { type ImageArchive, storedBytes, type StoredLayer } from './archive.ts';
import type { Layer } from './merge.ts';

/** Bytes of all layers of an image, uncompressed. */
const mostBytes = 64 * 1024 ** 3;
/** What a layer unpacks to, as a multiple of its size; and what any may. */
const largestRatio = 200;
const alwaysAllowed = 64 << 20;

/** Each content once, however many layers are it. The caller closes the descriptors. */
export async function unpackLayers(archive: ImageArchive, work: string, signal?: AbortSignal): Promise<Layer[]> {
  const made = new Map<string, Layer>();
  const layers: Layer[] = [];
  let room = mostBytes;
  try {
    for (const stored of archive.layers) {
      const known = made.get(stored.content);
      const layer = known ?? (await unpack(archive, stored, join(work, `layer-${made.size}.tar`), room, signal));
      if (known === undefined) room -= layer.size;
      made.set(stored.content, layer);
      layers.push(layer);
    }
    return layers;
  } catch (error) {
    closeLayers([...made.values()]);
    throw error;
  }
}

export function closeLayers(layers: readonly Layer[]): void {
  for (const descriptor of new Set(layers.map((layer) => layer.descriptor))) closeSync(descriptor);
}

async function unpack(
  archive: ImageArchive,
  stored: StoredLayer,
  target: string,
  room: number,
  signal?: AbortSignal,
): Promise<Layer> {
  const name = stored.content.slice(0, 19);
  const refuse = (reason: string) => errors.layerInvalid({ layer: name, reason });
  const [outer, inner] = [createHash('sha256'), createHash('sha256')];
  const packed = stored.end - stored.start;
  const limit = Math.min(room, packed * largestRatio + alwaysAllowed);
  const options = signal === undefined ? {} : { signal };
  await pipeline(
    [
      storedBytes(archive, stored),
      through(outer, packed, refuse),
      ...decompression(archive.file, stored),
      through(inner, limit, refuse),
      createWriteStream(target, { mode: 0o600 }),
    ] as readonly (NodeJS.ReadableStream | NodeJS.WritableStream | NodeJS.ReadWriteStream)[],
    options,
  ).catch((cause: unknown) => {
    if (signal?.aborted === true) throw errors.cancelled();
    throw (cause as { code?: string }).code?.startsWith('pack.') === true ? cause : refuse('it cannot be unpacked');
  });
  const wrong =
    (stored.digest !== null && stored.digest !== `sha256:${outer.digest('hex')}`) ||
    stored.content !== `sha256:${inner.digest('hex')}`;
  if (wrong) throw refuse('it has another content than its digest says');
  return { name, descriptor: openSync(target, 'r'), size: statSync(target).size };
}

/** By its first bytes: media types are told wrongly more often than not. */
function decompression(file: string, { start, end }: StoredLayer): Transform[] {
  const first = Buffer.alloc(4);
  const open = openSync(file, 'r');
  readSync(open, first, 0, Math.min(4, end - start), start);
  closeSync(open);
  if (first.readUInt16BE(0) === 0x1f8b) return [createGunzip()];
  if (first.readUInt32LE(0) === 0xfd2fb528) return [createZstdDecompress()];
  return [];
}

function through(hash: Hash, limit: number, refuse: (reason: string) => Error): Transform {
  let size = 0;
  return new Transform({
    transform(piece: Buffer, _, done) {
      size += piece.length;
      hash.update(piece);
      done(size > limit ? refuse('it unpacks to too much') : null, piece);
    },
  });
}
