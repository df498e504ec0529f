/** New archives from opened ones: fewer architectures under the old signature, or other content under a new one. */
import type { Archive } from './archive.ts';
import { directoryDraft, draftOf, memoryContent } from './draft.ts';
import type { Content, DirectoryDraft, Order } from './draft.ts';
import { errors } from './errors.ts';
import type { ArchiveKind } from './format/kind.ts';
import type { SigningKey } from './format/keys.ts';
import { checkName, splitPath } from './format/names.ts';
import { tocBytes } from './format/toc.ts';
import { packageFiles } from './package-files.ts';
import { layOut, writeArchive } from './write.ts';
import type { Layout, Sink, WriteOptions, Written } from './write.ts';

export interface FilterOptions extends WriteOptions {
  /** Keep the images of this architecture only, and nothing a package does not consist of. Absent: keep everything. */
  readonly architecture?: string;
  /** `priority` unless told. */
  readonly order?: Order;
}

/** Where everything of a filtered archive will lie. */
export async function layOutFiltered(archive: Archive, options: FilterOptions = {}): Promise<Layout> {
  const { architecture, signal } = options;
  if (architecture === undefined)
    return layOut(await draftOf(archive, () => true, signal), options.order ?? 'priority');
  const { keep } = await packageFiles(archive, architecture, signal);
  return layOut(await draftOf(archive, (path) => keep.has(path), signal), options.order ?? 'priority');
}

/** Writes a filtered archive: commitment and signature stay, what is left out is listed as missing. All files are proved. */
export async function filterInto(sink: Sink, archive: Archive, options: FilterOptions = {}): Promise<Written> {
  return writeArchive(await layOutFiltered(archive, options), { signed: archive.header }, sink, options);
}

/** Files by path: `manifest.json`, `images/x86_64/main.env`. */
export type Tree = ReadonlyMap<string, Content | Uint8Array>;

/** Builds the tree of a new archive. @throws s9pk.badName, s9pk.unpackable */
export function draftFromTree(tree: Tree): DirectoryDraft {
  const root = directoryDraft('');
  const folders = new Map<string, DirectoryDraft>([['', root]]);
  for (const [path, content] of tree) place(root, folders, path, content);
  return root;
}

function place(
  root: DirectoryDraft,
  folders: Map<string, DirectoryDraft>,
  path: string,
  content: Content | Uint8Array,
): void {
  const names = path.split('/');
  names.forEach(checkName);
  let folder = root;
  names.slice(0, -1).forEach((name, depth) => {
    const above = names.slice(0, depth + 1).join('/');
    const next = folders.get(above) ?? directoryDraft(name);
    if (!folders.has(above)) add(folder, next, above);
    folders.set(above, next);
    folder = next;
  });
  add(folder, fileDraft(names.at(-1) ?? '', content), path);
}

function add(folder: DirectoryDraft, draft: DirectoryDraft['entries'][number], path: string): void {
  if (folder.entries.some((entry) => entry.name === draft.name)) {
    throw errors.unpackable({ path, reason: 'it stands for a file and a folder' });
  }
  folder.entries.push(draft);
}

function fileDraft(name: string, given: Content | Uint8Array): DirectoryDraft['entries'][number] {
  const content = given instanceof Uint8Array ? memoryContent(given) : given;
  return { type: 'file', name, size: content.size, hash: null, content };
}

export interface PackOptions extends WriteOptions {
  readonly key: SigningKey;
  /** A package unless told. */
  readonly kind?: ArchiveKind;
  /** `name` unless told: what every packer of the format does. */
  readonly order?: Order;
}

/** Packs and signs files. */
export function packInto(sink: Sink, tree: Tree, options: PackOptions): Promise<Written> {
  return writeArchive(
    layOut(draftFromTree(tree), options.order ?? 'name'),
    { key: options.key, kind: options.kind },
    sink,
    options,
  );
}

export interface EditOptions extends WriteOptions {
  readonly key: SigningKey;
  /** `priority` unless told. */
  readonly order?: Order;
}

/**
 * Puts files in the place of others, or beside them, or takes them out (null), and signs anew.
 * What is missing in the archive stays missing and stays signed for.
 */
export async function editInto(
  sink: Sink,
  archive: Archive,
  changes: ReadonlyMap<string, Content | Uint8Array | null>,
  options: EditOptions,
): Promise<Written> {
  const root = await draftOf(archive, () => true, options.signal);
  for (const [path, content] of changes) change(root, path, content);
  return writeArchive(layOut(root, options.order ?? 'priority'), { key: options.key }, sink, options);
}

function change(root: DirectoryDraft, path: string, content: Content | Uint8Array | null): void {
  const names = splitPath(path);
  names.forEach(checkName);
  const name = names.pop() ?? '';
  const above = [root];
  for (const step of names) {
    const folder = above.at(-1) ?? root;
    let next = folder.entries.find((entry) => entry.name === step);
    if (next === undefined && content !== null) {
      next = directoryDraft(step);
      resize(folder, () => folder.entries.push(next ?? directoryDraft(step)));
    }
    if (next?.type !== 'directory') throw errors.entryNotFound({ path });
    above.push(next);
  }
  const folder = above.at(-1) ?? root;
  const at = folder.entries.findIndex((entry) => entry.name === name);
  if (folder.entries[at]?.type === 'directory') throw errors.notAFile({ path });
  if (at === -1 && content === null) throw errors.entryNotFound({ path });
  resize(folder, () => {
    folder.entries.splice(
      at === -1 ? folder.entries.length : at,
      at === -1 ? 0 : 1,
      ...(content === null ? [] : [fileDraft(name, content)]),
    );
  });
  for (const folder of above) folder.hash = null;
}

/** The signed size counts missing entries as if they were there, so it moves with the stored one instead of becoming it. */
function resize(folder: DirectoryDraft, act: () => void): void {
  const before = tocBytes(folder.entries);
  act();
  if (folder.size !== null) folder.size += tocBytes(folder.entries) - before;
}
