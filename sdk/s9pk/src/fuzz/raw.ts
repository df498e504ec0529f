/** Archives as an attacker would build them: every field is free, and the signature is right all the same. */
import { blake3 } from '#blake3';
import { compareBytes, concat, hex, utf8, varint } from '../format/bytes.ts';
import { encodeHeader, headerBytes, signCommitment } from '../format/header.ts';
import type { SigningKey } from '../format/keys.ts';

export interface RawFile {
  readonly type: 1;
  name: Uint8Array;
  content: Uint8Array;
  /** Told instead of the truth. */
  lie: Lie;
}

export interface RawDirectory {
  readonly type: 2;
  name: Uint8Array;
  children: RawEntry[];
  lie: Lie;
}

export type RawEntry = RawFile | RawDirectory;

export interface Lie {
  size?: bigint;
  position?: bigint;
  stored?: bigint;
  type?: number;
  hash?: Uint8Array;
  /** Bytes put before the name's length, instead of it. */
  nameLength?: Uint8Array;
  /** Of a directory: instead of the number of its entries. */
  count?: Uint8Array;
  /** Of a directory: after its entries. */
  trailing?: Uint8Array;
}

const empty = new Uint8Array(0);

export function rawFile(name: string, content: Uint8Array): RawFile {
  return { type: 1, name: utf8(name), content, lie: {} };
}

export function rawDirectory(name: string, children: RawEntry[]): RawDirectory {
  return { type: 2, name: utf8(name), children, lie: {} };
}

interface Placed {
  readonly entry: RawEntry;
  readonly position: number;
}

/** Breadth first like any archive; lies are told last, but before signing, so that they are signed for. */
export function forge(root: RawDirectory, key: SigningKey, rootMaxsize?: number): Uint8Array {
  const known: Known = new Map();
  const regions: Uint8Array[] = [];
  const queue: Placed[] = [{ entry: root, position: headerBytes }];
  let free = headerBytes + storedBytes(root);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.entry.type === 1) {
      regions.push(next.entry.content);
      continue;
    }
    const places = new Map<RawEntry, number>();
    for (const child of next.entry.children) {
      places.set(child, free);
      queue.push({ entry: child, position: free });
      free += child.type === 1 ? child.content.length : storedBytes(child);
    }
    regions.push(encode(next.entry, places, known));
  }
  const rootBytes = storedBytes(root);
  const commitment = { rootSighash: hex(sighashOf(root, known)), rootMaxsize: rootMaxsize ?? rootBytes };
  const signature = signCommitment(key, commitment);
  const header = { publicKey: key.publicKey, signature, commitment, rootPosition: headerBytes, rootStored: rootBytes };
  return concat([encodeHeader(header), ...regions]);
}

function encode(directory: RawDirectory, places: ReadonlyMap<RawEntry, number>, known: Known): Uint8Array {
  const parts = [directory.lie.count ?? varint(directory.children.length)];
  for (const child of directory.children) {
    const { lie } = child;
    const type = lie.type ?? child.type;
    parts.push(lie.nameLength ?? varint(child.name.length), child.name, hashOf(child, known), long(sizeOf(child)));
    parts.push(Uint8Array.of(type));
    const position = long(lie.position ?? BigInt(places.get(child) ?? 0));
    if (type === 0) continue;
    parts.push(position);
    if (type === 2) parts.push(long(lie.stored ?? (child.type === 2 ? BigInt(storedBytes(child)) : 0n)));
  }
  parts.push(directory.lie.trailing ?? empty);
  return concat(parts);
}

/** Summed, not encoded: encoding asks for the sizes of what is below, and so would take 3^depth steps. */
function storedBytes(directory: RawDirectory): number {
  let bytes = (directory.lie.count ?? varint(directory.children.length)).length + (directory.lie.trailing?.length ?? 0);
  for (const { lie, name, type } of directory.children) {
    const kind = lie.type ?? type;
    bytes += (lie.nameLength ?? varint(name.length)).length + name.length + 41;
    if (kind !== 0) bytes += kind === 2 ? 16 : 8;
  }
  return bytes;
}

function sizeOf(entry: RawEntry): bigint {
  return entry.lie.size ?? BigInt(entry.type === 1 ? entry.content.length : storedBytes(entry));
}

/** Of directories, by the whole forging: each is asked for again by everything above it. */
type Known = Map<RawEntry, Uint8Array>;

function hashOf(entry: RawEntry, known: Known): Uint8Array {
  if (entry.lie.hash !== undefined) return entry.lie.hash;
  const hash = known.get(entry) ?? (entry.type === 1 ? blake3(entry.content) : sighashOf(entry, known));
  known.set(entry, hash);
  return hash;
}

/** Equal names: the last one counts, as upstream's reader has it. */
function sighashOf(directory: RawDirectory, known: Known): Uint8Array {
  const byName = new Map(directory.children.map((child) => [hex(child.name), child]));
  const sorted = [...byName.values()].sort((a, b) => compareBytes(a.name, b.name));
  const parts = sorted.map((child) =>
    concat([varint(child.name.length), child.name, hashOf(child, known), long(sizeOf(child)), Uint8Array.of(0)]),
  );
  return blake3(concat([varint(sorted.length), ...parts]));
}

function long(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value));
  return bytes;
}
