/**
 * The directory of a tar: what is in it and where, without its contents. A tar from elsewhere is read with every number and
 * name bounded before it is used.
 */
import { readSync } from 'node:fs';
import { errors } from '../errors.ts';

export type EntryKind = 'file' | 'folder' | 'symlink' | 'hardlink' | 'other';

export interface TarEntry {
  /** Without a leading or closing slash; '' is the root. */
  readonly path: string;
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Bytes of content, which begin at `offset` of the file. */
  readonly size: number;
  readonly offset: number;
  readonly link: string;
  /** The file capability, as its extended attribute has it. */
  readonly capability: Buffer | null;
}

export const block = 512;
const largestHeader = 1 << 20;
export const mostEntries = 2_000_000;
const longestPath = 4096;

interface Extended {
  path?: string;
  linkpath?: string;
  size?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  capability?: Buffer;
}

/** Entries between `start` and `end` of an open file. Throws pack.layerInvalid. */
export function* readTar(
  descriptor: number,
  start: number,
  end: number,
  name: string,
): Generator<TarEntry, void, void> {
  const refuse = (reason: string) => errors.layerInvalid({ layer: name, reason });
  const header = Buffer.alloc(block);
  let next: Extended = {};
  let count = 0;
  for (let at = start; at + block <= end; ) {
    fill(descriptor, header, at);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, refuse);
    const size = next.size ?? numberAt(header, 124, 12);
    const offset = at + block;
    if (!Number.isSafeInteger(size) || size < 0 || offset + size > end) throw refuse('an entry ends behind the end');
    at = offset + Math.ceil(size / block) * block;
    const type = String.fromCharCode(header[156] ?? 0);
    if (ofTheNext.has(type)) {
      if (size > largestHeader) throw refuse('a header is too long');
      const content = Buffer.alloc(size);
      fill(descriptor, content, offset);
      next = { ...next, ...toldOfNext(type, content, refuse) };
      continue;
    }
    // What holds for all that follows (`g`) is a comment of the tool that made it.
    if (type === 'g') continue;
    if (++count > mostEntries) throw refuse('it has too many entries');
    yield entryOf(header, type, next, { size, offset }, refuse);
    next = {};
  }
}

/** Entries that tell of the one after them: POSIX's, and GNU's for long names. */
const ofTheNext = new Set(['x', 'L', 'K']);

function toldOfNext(type: string, content: Buffer, refuse: Refuse): Extended {
  if (type === 'x') return extendedBy(content, refuse);
  const text = textAt(content, 0, content.length);
  return type === 'L' ? { path: text } : { linkpath: text };
}

const kinds: Readonly<Record<string, EntryKind>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'folder',
};

type Refuse = (reason: string) => Error;

function entryOf(
  header: Buffer,
  type: string,
  extended: Extended,
  { size, offset }: { readonly size: number; readonly offset: number },
  refuse: Refuse,
): TarEntry {
  const kind = kinds[type] ?? 'other';
  const prefix = textAt(header, 257, 6).startsWith('ustar') ? textAt(header, 345, 155) : '';
  const own = textAt(header, 0, 100);
  const path = plainPath(extended.path ?? (prefix === '' ? own : `${prefix}/${own}`), refuse);
  const link = extended.linkpath ?? textAt(header, 157, 100);
  if (link.length > longestPath || link.includes('\0')) throw refuse('a link is too long');
  return {
    path,
    kind,
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: extended.uid ?? numberAt(header, 108, 8),
    gid: extended.gid ?? numberAt(header, 116, 8),
    mtime: Math.max(0, Math.floor(extended.mtime ?? numberAt(header, 136, 12))),
    size: kind === 'file' ? size : 0,
    offset,
    link: kind === 'hardlink' ? plainPath(link, refuse) : link,
    capability: extended.capability ?? null,
  };
}

/** Parts that lead nowhere are dropped; one that leads out is refused. */
export function plainPath(path: string, refuse: Refuse): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.length > longestPath || path.includes('\0') || parts.includes('..'))
    throw refuse(`the path "${path.slice(0, 100)}" cannot be used`);
  return parts.join('/');
}

function extendedBy(content: Buffer, refuse: Refuse): Extended {
  const found: Extended = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, Math.max(at, space)));
    const end = at + length;
    const equals = content.indexOf(0x3d, space);
    const makesSense = space >= 0 && Number.isInteger(length) && length >= 5 && end <= content.length;
    if (!makesSense || equals < 0 || equals >= end) throw refuse('an extended header makes no sense');
    take(found, content.toString('utf8', space + 1, equals), content.subarray(equals + 1, end - 1), refuse);
    at = end;
  }
  return found;
}

const texts = new Set(['path', 'linkpath']);
const numbers = new Set(['size', 'uid', 'gid', 'mtime']);

function take(found: Extended, key: string, value: Buffer, refuse: Refuse): void {
  if (texts.has(key)) found[key as 'path'] = value.toString('utf8');
  else if (numbers.has(key)) {
    const read = Number(value.toString());
    if (!Number.isFinite(read) || read < 0) throw refuse('a number makes no sense');
    found[key as 'size'] = read;
  } else if (key === 'SCHILY.xattr.security.capability') found.capability = Buffer.from(value);
  else if (key.startsWith('GNU.sparse')) throw refuse('it has sparse files');
}

function checkSum(header: Buffer, refuse: Refuse): void {
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 0x20 : (header[at] ?? 0);
  if (sum !== numberAt(header, 148, 8)) throw refuse('it is not a tar, or damaged');
}

/** Octal, or base 256 where the first bit is set. */
function numberAt(buffer: Buffer, offset: number, length: number): number {
  if (((buffer[offset] ?? 0) & 0x80) !== 0) {
    let value = (buffer[offset] ?? 0) & 0x7f;
    for (let at = offset + 1; at < offset + length; at++) value = value * 256 + (buffer[at] ?? 0);
    return value;
  }
  const text = textAt(buffer, offset, length).trim();
  return text === '' ? 0 : parseInt(text, 8);
}

function textAt(buffer: Buffer, offset: number, length: number): string {
  const end = buffer.indexOf(0, offset);
  return buffer.toString('utf8', offset, end < 0 || end > offset + length ? offset + length : end);
}

function fill(descriptor: number, buffer: Buffer, position: number): void {
  for (let done = 0; done < buffer.length; ) {
    const read = readSync(descriptor, buffer, done, buffer.length - done, position + done);
    if (read === 0) return void buffer.fill(0, done);
    done += read;
  }
}
