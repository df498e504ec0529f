/**
 * An image archive as `docker save`, `podman save` and `skopeo` write it, or an OCI layout in a tar: which layers it has, and
 * what its configuration says. Read without any of these programs; every digest is held against what it names.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { errors } from '../errors.ts';
import { readTar } from './tar-reader.ts';

/** Bytes of a manifest or a configuration. */
const largestJson = 8 << 20;
const mostLayers = 256;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptor = z.object({
  digest,
  mediaType: z.string().default(''),
  platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const index = z.object({ manifests: z.array(descriptor).max(1000) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor).max(mostLayers) });
const saved = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()).max(mostLayers) })).min(1);
const words = z.array(z.string()).nullish();
const configuration = z.object({
  architecture: z.string(),
  config: z
    .object({
      User: z.string().nullish(),
      WorkingDir: z.string().nullish(),
      Env: words,
      Entrypoint: words,
      Cmd: words,
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(mostLayers) }),
});
export type ImageConfiguration = z.infer<typeof configuration>;

/** A layer as it lies in the archive, compressed or not. */
export interface StoredLayer {
  readonly start: number;
  readonly end: number;
  /** Of the stored bytes; null where the archive does not say. */
  readonly digest: string | null;
  /** Of the uncompressed tar. */
  readonly content: string;
}

export interface ImageArchive {
  readonly file: string;
  readonly configuration: ImageConfiguration;
  readonly layers: readonly StoredLayer[];
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly link: string | null;
}

/** `architecture` as images have it: `amd64`, `arm64`. Throws pack.archiveInvalid. */
export function openImageArchive(file: string, architecture: string): ImageArchive {
  const refuse = (reason: string) => errors.archiveInvalid({ file, reason });
  const open = openSync(file, 'r');
  try {
    const places = new Map<string, Place>();
    for (const { path, kind, offset, size, link } of readTar(open, 0, fstatSync(open).size, file))
      places.set(path, { start: offset, end: offset + size, link: kind === 'symlink' ? link : null });
    const archive = new Reader(open, places, refuse);
    const parts = places.has('index.json') ? fromLayout(archive, architecture, refuse) : fromSaved(archive, refuse);
    const { configuration: told, layers } = parts;
    if (told.architecture !== architecture) throw refuse(`it is for ${told.architecture}, not for ${architecture}`);
    if (layers.length !== told.rootfs.diff_ids.length) throw refuse('it has another number of layers than it says');
    const whole = layers.map((layer, at) => ({ ...layer, content: told.rootfs.diff_ids[at] ?? '' }));
    return { file, configuration: told, layers: whole };
  } finally {
    closeSync(open);
  }
}

type Parts = { readonly configuration: ImageConfiguration; readonly layers: Omit<StoredLayer, 'content'>[] };

function fromLayout(archive: Reader, architecture: string, refuse: (reason: string) => Error): Parts {
  let manifests = archive.json('index.json', index).manifests;
  // An index of an index: one image for several machines.
  for (let depth = 0; depth < 3; depth++) {
    const fitting = manifests.filter(
      ({ platform }) => platform === undefined || platform.architecture === architecture,
    );
    const [chosen] = fitting;
    if (chosen === undefined) throw refuse(`it has no image for ${architecture}`);
    if (fitting.length > 1) throw refuse('it has several images: save one');
    const name = blob(chosen.digest);
    const inner = archive.maybe(name, index, chosen.digest);
    if (inner === null) {
      const { config, layers } = archive.json(name, manifest, chosen.digest);
      return {
        configuration: archive.json(blob(config.digest), configuration, config.digest),
        layers: layers.map((layer) => ({ ...archive.place(blob(layer.digest)), digest: layer.digest })),
      };
    }
    ({ manifests } = inner);
  }
  throw refuse('its indexes do not end');
}

function fromSaved(archive: Reader, refuse: (reason: string) => Error): Parts {
  const [image, ...more] = archive.json('manifest.json', saved);
  if (image === undefined || more.length > 0) throw refuse('it has several images: save one');
  return {
    configuration: archive.json(image.Config, configuration),
    layers: image.Layers.map((name) => ({ ...archive.place(name), digest: null })),
  };
}

const blob = (name: string): string => `blobs/${name.replace(':', '/')}`;

class Reader {
  private readonly open: number;
  private readonly places: ReadonlyMap<string, Place>;
  private readonly refuse: (reason: string) => Error;

  constructor(open: number, places: ReadonlyMap<string, Place>, refuse: (reason: string) => Error) {
    this.open = open;
    this.places = places;
    this.refuse = refuse;
  }

  /** Older archives name a layer they have twice by a link. */
  place(name: string): { readonly start: number; readonly end: number } {
    const found = this.places.get(name);
    if (found === undefined) throw this.refuse(`it lacks ${name}`);
    if (found.link === null) return found;
    const target = new URL(found.link, `archive:///${name}`).pathname.slice(1);
    const real = this.places.get(target);
    if (real === undefined || real.link !== null) throw this.refuse(`it lacks ${target}`);
    return real;
  }

  json<T>(name: string, schema: z.ZodType<T>, wanted?: string): T {
    const found = this.maybe(name, schema, wanted);
    if (found === null) throw this.refuse(`${name} is not what it should be`);
    return found;
  }

  /** null: it is something else. */
  maybe<T>(name: string, schema: z.ZodType<T>, wanted?: string): T | null {
    const { start, end } = this.place(name);
    if (end - start > largestJson) throw this.refuse(`${name} is too long`);
    const content = Buffer.alloc(end - start);
    readSync(this.open, content, 0, content.length, start);
    const made = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    if (wanted !== undefined && wanted !== made) throw this.refuse(`${name} has another content than its name says`);
    try {
      const parsed = schema.safeParse(JSON.parse(content.toString('utf8')));
      return parsed.success ? parsed.data : null;
    } catch (cause) {
      throw Object.assign(this.refuse(`${name} is not JSON`), { cause });
    }
  }
}

/** The bytes of a layer as stored. */
export function storedBytes({ file }: ImageArchive, { start, end }: StoredLayer): NodeJS.ReadableStream {
  return createReadStream(file, { start, end: Math.max(start, end - 1) });
}
