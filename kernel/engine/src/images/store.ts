/** Rebuilt images on disk: `images/<service>/<revision>/{images/<id>.{squashfs,json,env},javascript.squashfs,assets.squashfs}`. */
import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, fchmodSync, fchownSync, fstatSync, openSync } from 'node:fs';
import { link, mkdir, open, readFile, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { EngineInput, EngineOutput } from '@hearth/contract';
import { z } from 'zod';
import { errors } from '../errors.ts';
import type { Call, Machine } from '../host/machine.ts';
import { idBase, workerId } from '../layout.ts';
import { descriptorPath, useRegularFile } from '../system/beneath.ts';
import { mountsOf } from '../system/mountinfo.ts';
import { removeTree } from '../system/mounts.ts';
import { namesIn } from '../volumes/volumes.ts';
import { rebuildImage } from './rebuild.ts';

type Import = EngineInput<'image.import'>;
/** Beside each squashfs: what `image.import` answered, for which index it was made, and the SHA-256 of what it is made of. */
const receipt = z.object({
  bytes: z.number(),
  files: z.number(),
  index: z.number(),
  source: z.string().optional(),
});
type Receipt = z.infer<typeof receipt>;

export function revisionPath({ layout }: Machine, service: string, revision: string): string {
  return join(layout.images, service, revision);
}

/**
 * Where the memory image of a service's script lies: it is of one revision under one release, and goes with either.
 *
 * The guest writes it once, before any code of the package has run; from then on it is bound read-only.
 */
export async function memoryFolder(machine: Machine, service: string, revision: string): Promise<string> {
  const all = join(revisionPath(machine, service, revision), 'memory');
  const own = basename(machine.config.runtime);
  for (const other of await namesIn(all)) if (other !== own) await removeTree(join(all, other));
  await mkdir(join(all, own), { recursive: true, mode: 0o700 });
  return join(all, own);
}

/** Path without ending of an image, the script or the assets. */
export function imageStem(machine: Machine, part: Pick<Import, 'service' | 'revision' | 'kind' | 'name'>): string {
  const folder = revisionPath(machine, part.service, part.revision);
  return part.kind === 'image' ? join(folder, 'images', part.name) : join(folder, part.kind);
}

export async function importImage(machine: Machine, input: Import, call: Call): Promise<EngineOutput<'image.import'>> {
  // Refuses an index that has no ids, before anything is looked at or made.
  idBase(machine.config, input.index);
  const stem = imageStem(machine, input);
  const done = await readReceipt(stem);
  if (done && done.index === input.index) return { bytes: done.bytes, files: done.files };
  await mkdir(dirname(stem), { recursive: true, mode: 0o700 });
  const partial = `${stem}.partial`;
  const archive = openForWorker(machine, input.archive, workerId(machine.config, input.index));
  try {
    const source = await digestOf(archive, call.signal);
    const same = await madeOf(machine, input, source);
    await rm(partial, { force: true });
    if (same !== undefined) await link(`${same.stem}.squashfs`, partial);
    const files = same?.files ?? (await rebuild(machine, input, archive, partial, call));
    const { size } = await stat(partial);
    await flush(partial);
    await writeFile(`${stem}.json`, input.config ?? '{}', { mode: 0o644, flush: true });
    await writeFile(`${stem}.env`, input.environment ?? '', { mode: 0o644, flush: true });
    await rename(partial, `${stem}.squashfs`);
    const made: Receipt = { bytes: size, files, index: input.index, source };
    await writeFile(partial, JSON.stringify(made), { mode: 0o600, flush: true });
    await rename(partial, `${stem}.receipt`);
    await flush(dirname(stem));
    return { bytes: size, files };
  } finally {
    closeSync(archive);
    await rm(partial, { force: true });
  }
}

/** A receipt is for good: no power cut may leave it and take what it is for. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * What another revision of the same service has made of the same bytes, with the same ids: most new versions change the
 * script alone. Nobody writes to a rebuilt image, so both may have it.
 */
async function madeOf(
  machine: Machine,
  input: Import,
  source: string,
): Promise<{ readonly stem: string; readonly files: number } | undefined> {
  for (const revision of await namesIn(join(machine.layout.images, input.service))) {
    const stem = imageStem(machine, { ...input, revision });
    const made = await readReceipt(stem).catch(() => undefined);
    if (made?.source === source && made.index === input.index) return { stem, files: made.files };
  }
  return undefined;
}

async function digestOf(descriptor: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const bytes = createReadStream('', { fd: descriptor, autoClose: false, start: 0, highWaterMark: 1 << 20, signal });
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function rebuild(machine: Machine, input: Import, source: number, partial: string, call: Call): Promise<number> {
  const worker = workerId(machine.config, input.index);
  const base = idBase(machine.config, input.index);
  const target = openSync(
    partial,
    constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    fchownSync(target, worker, worker);
    const { size } = fstatSync(source);
    const image = { image: input.name, source, sourceBytes: size, target, base, worker };
    const { files } = await rebuildImage({ ...image, signal: call.signal, progress: call.progress });
    fchownSync(target, 0, 0);
    return files;
  } finally {
    closeSync(target);
  }
}

/** The archive as the worker may open it: no name leads it there, only the descriptor. */
function openForWorker({ layout, config }: Machine, archive: string, worker: number): number {
  return useRegularFile(layout.staging, archive, (found) => {
    const state = fstatSync(found);
    if (state.uid !== config.user.uid && state.uid !== 0) throw errors.pathNotFile({ path: archive });
    fchownSync(found, state.uid, worker);
    fchmodSync(found, 0o640);
    return openSync(descriptorPath(found), constants.O_RDONLY);
  });
}

async function readReceipt(stem: string): Promise<Receipt | undefined> {
  const text = await readFile(`${stem}.receipt`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  await stat(`${stem}.squashfs`);
  return receipt.parse(JSON.parse(text));
}

/** Throws `engine.imageMissing` unless it was imported for this index. */
export async function requireImage(machine: Machine, part: Pick<Import, 'service' | 'revision' | 'kind' | 'name'>) {
  const stem = imageStem(machine, part);
  if (!(await readReceipt(stem))) throw errors.imageMissing({ service: part.service, image: part.name });
  return { squashfs: `${stem}.squashfs`, config: `${stem}.json`, environment: `${stem}.env` };
}

/** Whether the script or assets were imported: a package may have no assets. */
export async function hasImage(machine: Machine, part: Pick<Import, 'service' | 'revision' | 'kind' | 'name'>) {
  return (await readReceipt(imageStem(machine, part))) !== undefined;
}

/** Refuses while a container of the service has them mounted. */
export async function removeImages(machine: Machine, service: string, revision: string | null): Promise<void> {
  const path = revision === null ? join(machine.layout.images, service) : revisionPath(machine, service, revision);
  const inUse = mountsOf().some(({ target }) => target.startsWith(`${machine.layout.views}/${service}/`));
  if (inUse && (revision === null || (await runningRevision(machine, service)) === revision)) {
    throw errors.serviceRunning({ service });
  }
  await removeTree(path);
  // With its last revision goes the folder of the service; with others in it, it stays.
  if (revision !== null) await rmdir(dirname(path)).catch(() => undefined);
}

async function runningRevision({ layout }: Machine, service: string): Promise<string | undefined> {
  const text = await readFile(join(layout.states, `${service}.json`), 'utf8').catch(() => '{}');
  return z.object({ revision: z.string().optional() }).parse(JSON.parse(text)).revision;
}

export async function listImages({ layout }: Machine): Promise<EngineOutput<'image.list'>> {
  const found: EngineOutput<'image.list'> = [];
  for (const service of await namesIn(layout.images)) {
    for (const revision of await namesIn(join(layout.images, service))) {
      const bytes = await bytesOf(join(layout.images, service, revision));
      // Nothing whole in it: an import that was given up.
      if (bytes > 0) found.push({ service, revision, bytes });
    }
  }
  return found;
}

async function bytesOf(folder: string): Promise<number> {
  const stems = [join(folder, 'javascript'), join(folder, 'assets')];
  const images = await namesOfReceipts(join(folder, 'images'));
  let sum = 0;
  for (const stem of [...stems, ...images]) sum += (await readReceipt(stem))?.bytes ?? 0;
  return sum;
}

async function namesOfReceipts(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.receipt')).map((name) => join(folder, name.slice(0, -8)));
}
