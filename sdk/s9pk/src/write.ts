/** Writes archives: one pass over the files, then the directories, then the header. */
import { Blake3 } from '#blake3';
import { errors } from './errors.ts';
import { concat, hex, sameBytes } from './format/bytes.ts';
import { encodeHeader, headerBytes, signCommitment } from './format/header.ts';
import type { Commitment, Header } from './format/header.ts';
import type { ArchiveKind } from './format/kind.ts';
import type { SigningKey } from './format/keys.ts';
import { encodeToc, sighash, tocBytes } from './format/toc.ts';
import type { Listed } from './format/toc.ts';
import { storedOrder } from './draft.ts';
import type { DirectoryDraft, Draft, FileDraft, Order } from './draft.ts';

/** Where an archive is written to. Regions may come in any order; none comes twice. */
export interface Sink {
  write(position: number, bytes: Uint8Array): Promise<void>;
}

export interface PlacedFile {
  readonly draft: FileDraft;
  readonly path: string;
  readonly position: number;
}

interface PlacedDirectory {
  readonly draft: DirectoryDraft;
  readonly path: string;
  readonly position: number;
  readonly stored: number;
  readonly ordered: readonly Draft[];
}

/** Where everything will lie. Known before any content is. */
export interface Layout {
  /** Bytes in all. */
  readonly size: number;
  /** By position. */
  readonly files: readonly PlacedFile[];
  /** Parents before children. */
  readonly directories: readonly PlacedDirectory[];
}

/** Breadth first, no gaps: each directory, then in its turn everything it lists. */
export function layOut(root: DirectoryDraft, order: Order): Layout {
  const files: PlacedFile[] = [];
  const directories: PlacedDirectory[] = [];
  const queue: { draft: DirectoryDraft; path: string; position: number }[] = [
    { draft: root, path: '', position: headerBytes },
  ];
  let free = headerBytes + tocBytes(root.entries);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const ordered = storedOrder(next.draft.entries, next.path === '' ? order : 'name');
    directories.push({ ...next, stored: tocBytes(ordered), ordered });
    for (const draft of ordered) {
      const path = next.path === '' ? draft.name : `${next.path}/${draft.name}`;
      if (draft.type === 'file') {
        files.push({ draft, path, position: free });
        free += draft.size;
      } else if (draft.type === 'directory') {
        queue.push({ draft, path, position: free });
        free += tocBytes(draft.entries);
      }
    }
  }
  return { size: free, files, directories };
}

/** Either a key, or what was signed before: then nothing that is signed may have changed. */
export type Seal = { readonly key: SigningKey; readonly kind?: ArchiveKind | undefined } | { readonly signed: Header };

export interface WriteOptions {
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Written {
  readonly commitment: Commitment;
  /** Bytes of the archive. */
  readonly size: number;
}

/**
 * Writes all of it, proving contents whose hash is known and learning the others.
 * The sink has seen unproved bytes when this throws: give it a temporary place.
 *
 * @throws s9pk.hashMismatch, s9pk.contentChanged, s9pk.commitmentMismatch
 */
export async function writeArchive(
  layout: Layout,
  seal: Seal,
  sink: Sink,
  options: WriteOptions = {},
): Promise<Written> {
  const total = layout.files.reduce((sum, file) => sum + file.draft.size, 0);
  let done = 0;
  options.progress?.(0, total);
  for (const file of layout.files) {
    await writeFile(file, sink, options.signal, (bytes) => {
      done += bytes;
      options.progress?.(done, total);
    });
  }
  const header = await writeFrame(layout, seal, sink);
  return { commitment: header.commitment, size: layout.size };
}

/** Writes directories and header; every file's hash must be known by now. */
export async function writeFrame(layout: Layout, seal: Seal, sink: Sink): Promise<Header> {
  const [root] = layout.directories;
  if (root === undefined) throw new Error('a layout has a root');
  // Children first: a directory can be listed only when its own hash is known.
  for (const directory of layout.directories.toReversed()) complete(directory);
  const places = new Map<Draft, { position: number; stored?: number }>(
    [...layout.files, ...layout.directories].map((placed) => [placed.draft, placed]),
  );
  for (const directory of layout.directories) {
    const entries = directory.ordered.map((draft): Listed => ({ ...listed(draft), ...places.get(draft) }));
    await sink.write(directory.position, encodeToc(entries));
  }
  const commitment = { rootSighash: hex(hashOf(root.draft)), rootMaxsize: root.draft.size ?? root.stored };
  const header: Header = { ...sealOf(seal, commitment), rootPosition: root.position, rootStored: root.stored };
  await sink.write(0, encodeHeader(header));
  return header;
}

type Sealed = Pick<Header, 'publicKey' | 'signature' | 'commitment' | 'kind'>;

function sealOf(seal: Seal, commitment: Commitment): Sealed {
  if ('key' in seal) {
    const { key, kind } = seal;
    const signature = signCommitment(key, commitment, kind);
    return { publicKey: key.publicKey, signature, commitment, ...(kind !== undefined && { kind }) };
  }
  const { publicKey, signature, commitment: signed, kind } = seal.signed;
  if (signed.rootSighash !== commitment.rootSighash || signed.rootMaxsize !== commitment.rootMaxsize) {
    throw errors.commitmentMismatch({ promised: signed.rootSighash, found: commitment.rootSighash });
  }
  return { publicKey, signature, commitment, ...(kind !== undefined && { kind }) };
}

async function writeFile(
  file: PlacedFile,
  sink: Sink,
  signal: AbortSignal | undefined,
  report: (bytes: number) => void,
): Promise<void> {
  const { draft, path } = file;
  const hash = new Blake3();
  let at = 0;
  for await (const piece of draft.content.stream(signal)) {
    if (at + piece.length > draft.size) throw errors.contentChanged({ path });
    // The write runs beside the hashing; the next piece may overwrite this one, so both end here.
    const written = sink.write(file.position + at, piece);
    hash.update(piece);
    await written;
    at += piece.length;
    report(piece.length);
  }
  if (at !== draft.size) throw errors.contentChanged({ path });
  const digest = hash.digest();
  if (draft.hash !== null && !sameBytes(draft.hash, digest)) throw errors.hashMismatch({ path });
  draft.hash = digest;
}

function complete({ draft, stored, ordered }: PlacedDirectory): void {
  draft.hash ??= sighash(ordered.map(listed));
  draft.size ??= stored;
}

function listed(draft: Draft): Listed {
  return { type: draft.type, name: draft.name, hash: hashOf(draft), size: draft.size ?? 0 };
}

function hashOf(draft: Draft): Uint8Array {
  if (draft.hash === null) throw new Error(`the hash of "${draft.name}" is not known yet`);
  return draft.hash;
}

/** For archives small enough to be held in memory: in browsers, in tests. */
export class MemorySink implements Sink {
  readonly #regions: { position: number; bytes: Uint8Array }[] = [];

  write(position: number, bytes: Uint8Array): Promise<void> {
    this.#regions.push({ position, bytes: bytes.slice() });
    return Promise.resolve();
  }

  bytes(): Uint8Array {
    return concat(this.#regions.sort((a, b) => a.position - b.position).map((region) => region.bytes));
  }
}
