/** What an archive lists. Entries keep the order they are stored in. */

export interface FileEntry {
  readonly type: 'file';
  readonly name: string;
  /** BLAKE3 of the content, 32 bytes. */
  readonly hash: Uint8Array;
  /** Bytes. */
  readonly size: number;
  readonly position: number;
}

export interface DirectoryEntry {
  readonly type: 'directory';
  readonly name: string;
  /** The sighash, 32 bytes. */
  readonly hash: Uint8Array;
  /** Bytes of the complete directory, as signed. */
  readonly size: number;
  readonly position: number;
  /** Bytes of the directory as stored here: less than `size` once something was left out. */
  readonly stored: number;
  /** By name; null until it is loaded (see `Archive.load`). */
  entries: ReadonlyMap<string, Entry> | null;
}

/** Signed for, but left out of this copy; a file or a whole directory. */
export interface MissingEntry {
  readonly type: 'missing';
  readonly name: string;
  readonly hash: Uint8Array;
  readonly size: number;
}

export type Entry = FileEntry | DirectoryEntry | MissingEntry;

/** The lines of a listing: parents before children, in stored order. Directories that are not loaded have no children. */
export function* walk(directory: DirectoryEntry, prefix = ''): Generator<{ path: string; entry: Entry }> {
  for (const entry of directory.entries?.values() ?? []) {
    const path = prefix + entry.name;
    yield { path, entry };
    if (entry.type === 'directory') yield* walk(entry, `${path}/`);
  }
}
