/** An archive to be written: a tree whose files know where their bytes come from. */
import type { Archive } from './archive.ts';
import { compareNames } from './format/names.ts';
import type { DirectoryEntry, MissingEntry } from './format/tree.ts';

/** Bytes of a known number that can be had once more whenever they are asked for. */
export interface Content {
  readonly size: number;
  /** A piece is valid until the next one is asked for. */
  stream(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface FileDraft {
  readonly type: 'file';
  readonly name: string;
  readonly size: number;
  /** Null until its content was seen; a hash that is known must fit. */
  hash: Uint8Array | null;
  readonly content: Content;
  /** Position in the archive it comes from, if it comes from one. */
  readonly from?: number;
}

export interface DirectoryDraft {
  readonly type: 'directory';
  readonly name: string;
  /** Null: computed from the entries when all of them are known. */
  hash: Uint8Array | null;
  /** Bytes of the complete directory, as signed; null: as it will be stored. */
  size: number | null;
  readonly entries: Draft[];
}

export type Draft = FileDraft | DirectoryDraft | MissingEntry;

export function directoryDraft(name: string, entries: Draft[] = []): DirectoryDraft {
  return { type: 'directory', name, hash: null, size: null, entries };
}

export function memoryContent(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream of one piece
    async *stream() {
      if (bytes.length > 0) yield bytes;
    },
  };
}

/**
 * The tree of an opened archive, ready to be written again. What `keep` refuses becomes missing: still signed for, no
 * longer there. A directory none of whose files is kept becomes one missing entry.
 */
export async function draftOf(
  archive: Archive,
  keep: (path: string) => boolean = () => true,
  signal?: AbortSignal,
): Promise<DirectoryDraft> {
  await archive.loadAll(signal);
  const whole = copy(archive, archive.root, '', keep);
  return whole ?? { ...directoryDraft(''), hash: archive.root.hash, size: archive.root.size };
}

function copy(
  archive: Archive,
  directory: DirectoryEntry,
  above: string,
  keep: (path: string) => boolean,
): DirectoryDraft | null {
  const entries: Draft[] = [];
  let kept = 0;
  for (const entry of directory.entries?.values() ?? []) {
    const { name, hash, size } = entry;
    const path = above + name;
    if (entry.type === 'missing') {
      entries.push(entry);
    } else if (entry.type === 'directory') {
      const below = copy(archive, entry, `${path}/`, keep);
      if (below !== null) kept += 1;
      entries.push(below ?? { type: 'missing', name, hash, size });
    } else if (keep(path)) {
      kept += 1;
      const stream = (signal?: AbortSignal): AsyncIterable<Uint8Array> =>
        archive.source.stream(entry.position, size, signal);
      archive.refuseImpossible(entry, path);
      entries.push({ type: 'file', name, size, hash, content: { size, stream }, from: entry.position });
    } else {
      entries.push({ type: 'missing', name, hash, size });
    }
  }
  if (kept === 0 && !keep(above)) return null;
  return { type: 'directory', name: directory.name, hash: directory.hash, size: directory.size, entries };
}

/** `name`: as archives are first packed. `priority`: what readers want first comes first; every rewrite uses it. */
export type Order = 'name' | 'priority';

const first = [
  'manifest.json',
  'icon',
  'LICENSE.md',
  'instructions.md',
  'dependencies',
  'javascript.squashfs',
  'assets.squashfs',
  'images',
];

function priority(name: string): number {
  const stem = /^icon(\.[^.]*)?$/.test(name) ? 'icon' : name;
  const at = first.indexOf(stem);
  return at === -1 ? first.length : at;
}

const kinds = { directory: 0, file: 1, missing: 2 } as const;

/** The order entries are stored in; missing ones are last and always by name. */
export function storedOrder(entries: readonly Draft[], order: Order): Draft[] {
  return [...entries].sort(
    (a, b) =>
      kinds[a.type] - kinds[b.type] ||
      (order === 'priority' && a.type !== 'missing' ? priority(a.name) - priority(b.name) : 0) ||
      compareNames(a.name, b.name),
  );
}
