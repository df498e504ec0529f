/**
 * Layers of an image as one tree: of each path the uppermost layer that has it, without what a layer above takes away
 * (`.wh.name`, and `.wh..wh..opq` for all that lies below a folder).
 */
import { errors } from '../errors.ts';
import { mostEntries, readTar, type TarEntry } from './tar-reader.ts';

export interface Layer {
  /** For messages. */
  readonly name: string;
  /** Open for reading; an uncompressed tar. */
  readonly descriptor: number;
  readonly size: number;
}

/** An entry, and where its content stands; of a hard link, that of what it points at in its own layer. */
export interface MergedEntry {
  readonly entry: TarEntry;
  readonly descriptor: number;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** Bottom layer first. Answers entries in the order of their paths, so that folders come before what is in them. */
export function mergeLayers(layers: readonly Layer[]): MergedEntry[] {
  const found = new Map<string, MergedEntry>();
  for (const layer of layers) apply(found, layer);
  return [...found.values()].sort((a, b) => order(a.entry.path, b.entry.path));
}

function apply(found: Map<string, MergedEntry>, layer: Layer): void {
  const entries = [...readTar(layer.descriptor, 0, layer.size, layer.name)];
  // What a layer takes away is taken from those below, never from itself, wherever in it the mark stands.
  for (const { path } of entries) takeAway(found, path);
  const own = new Map<string, TarEntry>();
  for (const entry of entries) {
    const { path, kind } = entry;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.startsWith(whiteout) || path === 'dev' || path.startsWith('dev/')) continue;
    // Containers get devices of their own; anything else that is neither file, folder nor link has no place in an image.
    if (kind === 'other') continue;
    own.set(path, entry);
    const before = found.get(path);
    if (before?.entry.kind === 'folder' && kind !== 'folder') removeBelow(found, path);
    found.set(path, { entry: kind === 'hardlink' ? linked(own, entry, layer) : entry, descriptor: layer.descriptor });
    if (found.size > mostEntries) throw errors.layerInvalid({ layer: layer.name, reason: 'it has too many entries' });
  }
}

function takeAway(found: Map<string, MergedEntry>, path: string): void {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const folder = path.slice(0, Math.max(0, slash));
  if (name === opaque) removeBelow(found, folder);
  else if (name.startsWith(whiteout)) {
    const gone = `${folder === '' ? '' : `${folder}/`}${name.slice(whiteout.length)}`;
    const before = found.get(gone);
    found.delete(gone);
    // A folder may have no entry of its own; a file has nothing below it, and most of what is taken away are files.
    if (before === undefined || before.entry.kind === 'folder') removeBelow(found, gone);
  }
}

function removeBelow(found: Map<string, MergedEntry>, folder: string): void {
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const path of [...found.keys()]) if (path !== folder && path.startsWith(prefix)) found.delete(path);
}

/** Links are written as files of their own: what they point at may be another one by the layers above. */
function linked(own: ReadonlyMap<string, TarEntry>, entry: TarEntry, { name }: Layer): TarEntry {
  let target = own.get(entry.link);
  for (let steps = 0; target?.kind === 'hardlink' && steps < 40; steps++) target = own.get(target.link);
  if (target === undefined || target.kind === 'hardlink' || target.kind === 'folder')
    throw errors.layerInvalid({ layer: name, reason: `"${entry.path}" links to what is not in its layer` });
  return { ...target, path: entry.path };
}

/** A folder right before what is in it. */
function order(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\u0000'), b.replaceAll('/', '\u0000')];
  return left < right ? -1 : left > right ? 1 : 0;
}
