/** An opened archive: everything it lists is proved, its files are proved as they are read. */
import { Blake3 } from '#blake3';
import { errors } from './errors.ts';
import { hex, sameBytes } from './format/bytes.ts';
import type { Mode } from './format/bytes.ts';
import { headerBytes, parseHeader } from './format/header.ts';
import type { Commitment, Header } from './format/header.ts';
import { limits } from './format/limits.ts';
import { splitPath } from './format/names.ts';
import { Regions } from './format/regions.ts';
import { parseToc, sighash } from './format/toc.ts';
import { walk } from './format/tree.ts';
import type { DirectoryEntry, Entry, FileEntry } from './format/tree.ts';
import type { ArchiveKind } from './format/kind.ts';
import type { Source } from './sources/source.ts';

export interface OpenOptions {
  /** `strict` unless told; `compat` takes what upstream's reader takes (spec/20-s9pk.md says what that is). */
  readonly mode?: Mode;
  /** What the archive must be, said by someone trusted: a registry, an earlier installation. */
  readonly commitment?: Commitment;
  /** A package unless told; another one is refused as no archive. */
  readonly kind?: ArchiveKind;
  /** `all` directories are read on opening unless `root` is asked for; the others are then read when they are needed. */
  readonly tree?: 'all' | 'root';
  readonly signal?: AbortSignal;
}

export interface VerifyOptions {
  /** Called after each piece; bytes. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Opens an archive: checks header, signature, size caps, then reads and checks its directories.
 * The source stays open; `archive.close()` closes it. A refused archive leaves it open.
 */
export async function openArchive(source: Source, options: OpenOptions = {}): Promise<Archive> {
  if (source.size < headerBytes) throw errors.truncated({ needed: headerBytes, size: source.size });
  const head = await source.read(0, headerBytes, options.signal);
  const header = parseHeader(head, options.commitment, options.kind);
  const archive = new Archive(source, header, options.mode ?? 'strict');
  await archive.load(archive.root, '', options.signal);
  if (options.tree !== 'root') await archive.loadAll(options.signal);
  return archive;
}

export class Archive {
  readonly source: Source;
  readonly header: Header;
  readonly mode: Mode;
  /** The root directory; its `name` is empty. */
  readonly root: DirectoryEntry;
  readonly #regions: Regions;
  #tocBytes = 0;
  #entries = 0;

  /** Use `openArchive`. */
  constructor(source: Source, header: Header, mode: Mode) {
    this.source = source;
    this.header = header;
    this.mode = mode;
    this.root = {
      type: 'directory',
      name: '',
      hash: rootHash(header),
      size: header.commitment.rootMaxsize,
      position: header.rootPosition,
      stored: header.rootStored,
      entries: null,
    };
    this.#regions = new Regions(source.size);
    if (mode === 'strict') {
      this.#regions.add({ name: '(header)', position: 0, size: headerBytes });
      this.#regions.add(this.root);
    }
  }

  get commitment(): Commitment {
    return this.header.commitment;
  }

  /** The key that signed it, 64 hex digits. */
  get signer(): string {
    return hex(this.header.publicKey);
  }

  /** Reads one directory and proves it, unless that was done before. */
  async load(directory: DirectoryEntry, path: string, signal?: AbortSignal): Promise<ReadonlyMap<string, Entry>> {
    const known = directory.entries !== null;
    const entries = await this.#load(directory, path, signal);
    if (!known && this.mode === 'strict') this.#regions.check();
    return entries;
  }

  /** Reads every directory that was not read yet, level by level, which is the order they are stored in. */
  async loadAll(signal?: AbortSignal): Promise<void> {
    let level = [{ directory: this.root, path: '' }];
    while (level.length > 0) {
      const below: typeof level = [];
      for (const { directory, path } of level) {
        for (const entry of (await this.#load(directory, path, signal)).values()) {
          if (entry.type === 'directory') below.push({ directory: entry, path: join(path, entry.name) });
        }
      }
      if (this.mode === 'strict') this.#regions.check();
      level = below;
    }
  }

  /** The entry at a path such as `images/x86_64/main.json`. @throws s9pk.entryNotFound, s9pk.entryMissing */
  async find(path: string, signal?: AbortSignal): Promise<Entry> {
    let entry: Entry = this.root;
    let above = '';
    for (const name of splitPath(path)) {
      if (entry.type === 'missing') throw errors.entryMissing({ path });
      if (entry.type === 'file') throw errors.entryNotFound({ path });
      const next: Entry | undefined = (await this.load(entry, above, signal)).get(name);
      if (next === undefined) throw errors.entryNotFound({ path });
      entry = next;
      above = join(above, name);
    }
    return entry;
  }

  /** The file at a path. @throws s9pk.entryNotFound, s9pk.entryMissing, s9pk.notAFile */
  async file(path: string, signal?: AbortSignal): Promise<FileEntry> {
    const entry = await this.find(path, signal);
    if (entry.type === 'missing') throw errors.entryMissing({ path });
    if (entry.type === 'directory') throw errors.notAFile({ path });
    return entry;
  }

  /** Every entry, parents first. Reads what was not read yet. */
  async list(signal?: AbortSignal): Promise<{ path: string; entry: Entry }[]> {
    await this.loadAll(signal);
    return [...walk(this.root)];
  }

  /**
   * A whole file, proved.
   * @param options.limit bytes it may have at most; 16 MiB unless told
   * @throws s9pk.fileTooLarge, s9pk.hashMismatch, and as `file`
   */
  async read(path: string, options: { limit?: number; signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const file = await this.file(path, options.signal);
    const limit = Math.min(options.limit ?? limits.readBytes, this.source.size);
    if (file.size > limit) throw errors.fileTooLarge({ path, size: file.size, limit });
    const bytes = await this.source.read(file.position, file.size, options.signal);
    const hash = new Blake3();
    hash.update(bytes);
    if (!sameBytes(hash.digest(), file.hash)) throw errors.hashMismatch({ path });
    return bytes;
  }

  /** The bytes of manifest.json, proved. */
  manifest(signal?: AbortSignal): Promise<Uint8Array> {
    return this.read('manifest.json', { limit: 1 << 20, ...(signal && { signal }) });
  }

  /**
   * A file piece by piece. It is proved only when the last piece has come and the stream has ended without an error:
   * keep nothing of it before that. A piece is valid until the next one is asked for.
   */
  async *stream(file: FileEntry, path: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    this.refuseImpossible(file, path);
    const hash = new Blake3();
    for await (const piece of this.source.stream(file.position, file.size, signal)) {
      hash.update(piece);
      yield piece;
    }
    if (!sameBytes(hash.digest(), file.hash)) throw errors.hashMismatch({ path });
  }

  /** Proves every file that is present. @returns how many, and their bytes */
  async verifyAll(options: VerifyOptions = {}): Promise<{ files: number; bytes: number }> {
    const files = await this.presentFiles(options.signal);
    const total = files.reduce((sum, { entry }) => sum + entry.size, 0);
    let done = 0;
    options.progress?.(0, total);
    for (const { path, entry } of files) {
      for await (const piece of this.stream(entry, path, options.signal)) {
        done += piece.length;
        options.progress?.(done, total);
      }
    }
    return { files: files.length, bytes: total };
  }

  /** The files of this copy, by position, so that reading them in order reads forward. */
  async presentFiles(signal?: AbortSignal): Promise<{ path: string; entry: FileEntry }[]> {
    const files: { path: string; entry: FileEntry }[] = [];
    for (const { path, entry } of await this.list(signal)) if (entry.type === 'file') files.push({ path, entry });
    for (const { path, entry } of files) this.refuseImpossible(entry, path);
    return files.sort((a, b) => a.entry.position - b.entry.position);
  }

  close(): Promise<void> {
    return this.source.close();
  }

  /** Strict archives were checked on opening; in others a file may claim more bytes than the archive has. */
  refuseImpossible(file: FileEntry, path: string): void {
    const { size } = this.source;
    if (file.size > size) throw errors.fileTooLarge({ path, size: file.size, limit: size });
  }

  async #load(directory: DirectoryEntry, path: string, signal?: AbortSignal): Promise<ReadonlyMap<string, Entry>> {
    if (directory.entries !== null) return directory.entries;
    if (splitPath(path).length > limits.depth) throw errors.tooDeep({ path, limit: limits.depth });
    if (this.mode === 'strict' && directory.stored > limits.tocBytes) {
      throw errors.tocTooLarge({ path, size: directory.stored, limit: limits.tocBytes });
    }
    this.#tocBytes += directory.stored;
    if (this.#tocBytes > limits.totalTocBytes) throw errors.tocBudgetExceeded({ limit: limits.totalTocBytes });

    const bytes = await this.source.read(directory.position, directory.stored, signal);
    const entries = parseToc(bytes, path, this.mode);
    if (!sameBytes(sighash(entries.values()), directory.hash)) throw errors.tocHashMismatch({ path });
    this.#entries += entries.size;
    if (this.#entries > limits.entries) throw errors.tooManyEntries({ limit: limits.entries });
    if (this.mode === 'strict') {
      for (const entry of entries.values()) if (entry.type !== 'missing') this.#regions.add(entry);
    }
    directory.entries = entries;
    return entries;
  }
}

function rootHash(header: Header): Uint8Array {
  const digits = header.commitment.rootSighash;
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16));
}

function join(above: string, name: string): string {
  return above === '' ? name : `${above}/${name}`;
}
