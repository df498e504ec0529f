/** Takes files out of an archive, proved, and never to a place outside the destination. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../archive.ts';
import { errors } from '../errors.ts';
import { checkName } from '../format/names.ts';
import type { DirectoryEntry, FileEntry } from '../format/tree.ts';
import { FileSink, temporaryBeside, writeWhole } from './file-sink.ts';
import type { Sink } from '../write.ts';

export interface ExtractOptions {
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Wait until it is safe on disk; false unless told. */
  readonly sync?: boolean;
}

/**
 * Writes a file, or everything beneath a directory (`''`: the root), to `destination`.
 * A file is replaced; a folder must not exist. It appears when all of it is proved. Missing entries are skipped.
 *
 * @throws s9pk.destinationExists, s9pk.entryNotFound, s9pk.entryMissing, s9pk.hashMismatch
 */
export async function extract(
  archive: Archive,
  path: string,
  destination: string,
  options: ExtractOptions = {},
): Promise<void> {
  const entry = await archive.find(path, options.signal);
  if (entry.type === 'missing') throw errors.entryMissing({ path });
  const work = new Extraction(archive, options);
  if (entry.type === 'file') {
    work.total = entry.size;
    await writeWhole(destination, (sink) => work.file(entry, path, sink), { sync: options.sync ?? false });
    return;
  }
  if (await exists(destination)) throw errors.destinationExists({ path: destination });
  await archive.loadAll(options.signal);
  work.total = bytesBeneath(entry);
  const temporary = temporaryBeside(destination);
  await mkdir(temporary);
  try {
    await work.directory(entry, path, temporary);
    await rename(temporary, destination);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

class Extraction {
  total = 0;
  #done = 0;
  readonly #archive: Archive;
  readonly #options: ExtractOptions;

  constructor(archive: Archive, options: ExtractOptions) {
    this.#archive = archive;
    this.#options = options;
  }

  async file(entry: FileEntry, path: string, sink: Sink): Promise<void> {
    let at = 0;
    for await (const piece of this.#archive.stream(entry, path, this.#options.signal)) {
      await sink.write(at, piece);
      at += piece.length;
      this.#done += piece.length;
      this.#options.progress?.(this.#done, this.total);
    }
  }

  async directory(entry: DirectoryEntry, path: string, folder: string): Promise<void> {
    for (const child of entry.entries?.values() ?? []) {
      // Opening in compat mode lets names through that must never become part of a path.
      checkName(child.name);
      const inside = path === '' ? child.name : `${path}/${child.name}`;
      if (child.type === 'file') await this.#write(child, inside, join(folder, child.name));
      if (child.type === 'directory') {
        await mkdir(join(folder, child.name));
        await this.directory(child, inside, join(folder, child.name));
      }
    }
  }

  /** Straight to its name: the folder around it is still a temporary one. */
  async #write(entry: FileEntry, path: string, destination: string): Promise<void> {
    const file = await open(destination, 'wx', 0o644);
    try {
      await this.file(entry, path, new FileSink(file));
      if (this.#options.sync === true) await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function bytesBeneath(directory: DirectoryEntry): number {
  let bytes = 0;
  for (const entry of directory.entries?.values() ?? []) {
    if (entry.type === 'file') bytes += entry.size;
    if (entry.type === 'directory') bytes += bytesBeneath(entry);
  }
  return bytes;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
