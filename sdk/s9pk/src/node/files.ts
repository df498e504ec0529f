/** The same verbs as in the portable entry, on files. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openArchive } from '../archive.ts';
import type { Archive, OpenOptions } from '../archive.ts';
import type { Content } from '../draft.ts';
import { errors } from '../errors.ts';
import { limits } from '../format/limits.ts';
import { editInto, filterInto, packInto } from '../rewrite.ts';
import type { EditOptions, FilterOptions, PackOptions, Tree } from '../rewrite.ts';
import type { Written } from '../write.ts';
import { FileSource } from './file-source.ts';
import { writeWhole } from './file-sink.ts';

/** Opens the archive in a file; close it. A refused one is closed. */
export async function openFile(path: string, options: OpenOptions = {}): Promise<Archive> {
  const source = await FileSource.open(path);
  try {
    return await openArchive(source, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

export interface FileOptions {
  /** Wait until the result is safe on disk; true unless told. */
  readonly sync?: boolean;
}

/** Packs and signs; `destination` appears when all of it is there. */
export function packArchive(tree: Tree, destination: string, options: PackOptions & FileOptions): Promise<Written> {
  return writeWhole(destination, (sink) => packInto(sink, tree, options), options);
}

/** Writes a copy under the same signature: of one architecture, or of everything in priority order. Proves what it copies. */
export function filterArchive(
  archive: Archive,
  destination: string,
  options: FilterOptions & FileOptions = {},
): Promise<Written> {
  return writeWhole(destination, (sink) => filterInto(sink, archive, options), options);
}

/** Writes a changed copy under a new signature. */
export function editArchive(
  archive: Archive,
  destination: string,
  changes: ReadonlyMap<string, Content | Uint8Array | null>,
  options: EditOptions & FileOptions,
): Promise<Written> {
  return writeWhole(destination, (sink) => editInto(sink, archive, changes, options), options);
}

/** A file on disk as content; its length is taken now. @throws s9pk.unpackable when it is no regular file */
export async function fileContent(path: string): Promise<Content> {
  const found = await stat(path);
  if (!found.isFile()) throw errors.unpackable({ path, reason: 'it is not a regular file' });
  return {
    size: found.size,
    async *stream(signal) {
      const source = await FileSource.open(path);
      try {
        if (source.size !== found.size) throw errors.contentChanged({ path });
        yield* source.stream(0, source.size, signal);
      } finally {
        await source.close();
      }
    },
  };
}

/** Every file beneath a folder, by its path there. @throws s9pk.unpackable for links and anything else that is no plain file */
export async function treeOf(folder: string): Promise<Tree> {
  const tree = new Map<string, Content>();
  await gather(folder, '', 0, tree);
  return tree;
}

async function gather(folder: string, prefix: string, depth: number, tree: Map<string, Content>): Promise<void> {
  if (depth > limits.depth) throw errors.unpackable({ path: prefix, reason: 'it is nested too deep' });
  for (const item of await readdir(folder, { withFileTypes: true })) {
    const path = prefix + item.name;
    if (item.isDirectory()) await gather(join(folder, item.name), `${path}/`, depth + 1, tree);
    else if (item.isFile()) tree.set(path, await fileContent(join(folder, item.name)));
    else throw errors.unpackable({ path, reason: 'it is neither a file nor a folder' });
  }
}
