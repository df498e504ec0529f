/** Directories: how they are stored, and the form of them that is hashed and signed. */
import { blake3 } from '#blake3';
import { errors } from '../errors.ts';
import { Cursor, concat, safe, text, u64, utf8, varint } from './bytes.ts';
import type { Mode } from './bytes.ts';
import { limits } from './limits.ts';
import { checkName, compareNames } from './names.ts';
import type { Entry } from './tree.ts';

const missing = 0;
const file = 1;
const directory = 2;
/** Bytes of an entry besides its name: the shortest possible (missing), a file, a directory. Each name has a length of its own. */
const entryBytes = { missing: 41, file: 49, directory: 57 } as const;

/** An entry as far as its directory is concerned. */
export interface Listed {
  readonly type: Entry['type'];
  readonly name: string;
  readonly hash: Uint8Array;
  readonly size: number;
  readonly position?: number;
  readonly stored?: number;
}

/** Bytes of a directory holding these entries. */
export function tocBytes(entries: Iterable<Pick<Listed, 'type' | 'name'>>): number {
  let bytes = 0;
  let count = 0;
  for (const entry of entries) {
    const name = utf8(entry.name).length;
    bytes += varint(name).length + name + entryBytes[entry.type];
    count += 1;
  }
  return bytes + varint(count).length;
}

/** @param entries in the order they shall be stored in. */
export function encodeToc(entries: readonly Listed[]): Uint8Array {
  const parts = [varint(entries.length)];
  for (const entry of entries) {
    parts.push(signedPart(entry));
    if (entry.type === 'missing') parts.push(Uint8Array.of(missing));
    else if (entry.type === 'file') parts.push(Uint8Array.of(file), u64(entry.position ?? 0));
    else parts.push(Uint8Array.of(directory), u64(entry.position ?? 0), u64(entry.stored ?? 0));
  }
  return concat(parts);
}

/** The hash that vouches for a directory: of its entries by name, as if all of them were missing. */
export function sighash(entries: Iterable<Listed>): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareNames(a.name, b.name));
  const out = new Uint8Array(tocBytes(sorted.map(({ name }) => ({ type: 'missing', name }))));
  let at = 0;
  const put = (part: Uint8Array): void => {
    out.set(part, at);
    at += part.length;
  };
  put(varint(sorted.length));
  for (const entry of sorted) {
    put(signedPart(entry));
    put(Uint8Array.of(missing));
  }
  return blake3(out);
}

function signedPart(entry: Listed): Uint8Array {
  const name = utf8(entry.name);
  return concat([varint(name.length), name, entry.hash, u64(entry.size)]);
}

/**
 * Reads one directory. Nothing in it may be believed before its sighash was compared with what its parent says.
 *
 * @param path of the directory, for messages.
 */
export function parseToc(bytes: Uint8Array, path: string, mode: Mode): Map<string, Entry> {
  const cursor = new Cursor(bytes, mode);
  const count = cursor.varint();
  if (count * (entryBytes.missing + 1) > cursor.left) throw errors.countTooLarge({ path, count });
  const entries = new Map<string, Entry>();
  for (let at = 0; at < count; at++) {
    const entry = parseEntry(cursor, path, mode);
    // What a directory of two equal names means depends on the reader: the first, the last, both.
    if (mode === 'strict' && entries.has(entry.name)) {
      throw errors.duplicateName({ name: JSON.stringify(entry.name) });
    }
    entries.set(entry.name, entry);
  }
  if (mode === 'strict' && cursor.left > 0) throw errors.trailingBytes({ count: cursor.left });
  return entries;
}

function parseEntry(cursor: Cursor, path: string, mode: Mode): Entry {
  const name = readName(cursor, mode);
  // A view: thousands of arrays of their own would take several times what the directory takes.
  const hash = cursor.take(32);
  const size = cursor.u64();
  const type = cursor.byte();
  if (type === missing) return { type: 'missing', name, hash, size: safe(size) };
  if (type !== file && type !== directory) throw errors.badType({ name: JSON.stringify(name), type });
  const position = cursor.u64();
  const inside = path === '' ? name : `${path}/${name}`;
  if (type === file) {
    refuseBeyondNumbers(position, size, inside);
    return { type: 'file', name, hash, size: Number(size), position: Number(position) };
  }
  const stored = cursor.u64();
  if (stored > size) {
    throw errors.tocLargerThanSigned({ path: inside, stored: stored.toString(), signed: size.toString() });
  }
  if (stored > BigInt(limits.totalTocBytes)) {
    throw errors.tocTooLarge({ path: inside, size: stored.toString(), limit: limits.totalTocBytes });
  }
  refuseBeyondNumbers(position, stored, inside);
  return {
    type: 'directory',
    name,
    hash,
    size: safe(size),
    position: Number(position),
    stored: Number(stored),
    entries: null,
  };
}

function readName(cursor: Cursor, mode: Mode): string {
  const length = cursor.varint();
  if (mode === 'strict' && length > limits.nameBytes) {
    throw errors.badName({
      name: `of ${String(length)} bytes`,
      reason: `it is longer than ${String(limits.nameBytes)} bytes`,
    });
  }
  const bytes = cursor.take(length);
  let name: string;
  try {
    name = text(bytes);
  } catch {
    throw errors.badName({ name: 'of an entry', reason: 'it is not UTF-8' });
  }
  if (mode === 'strict') checkName(name);
  return name;
}

function refuseBeyondNumbers(position: bigint, length: bigint, path: string): void {
  if (position + length > BigInt(Number.MAX_SAFE_INTEGER)) throw errors.outOfBounds({ path });
}
