/** Stat results and folder entries as plain data. */
import type { Dirent, Stats } from 'node:fs';

export type FileKind = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'character';

export interface StatShape {
  readonly kind: FileKind;
  readonly numbers: Record<string, number>;
}

const kept = ['dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'size', 'blksize', 'blocks'] as const;
const times = ['atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs'] as const;

export function kindOf(of: Stats | Dirent): FileKind {
  if (of.isDirectory()) return 'directory';
  if (of.isSymbolicLink()) return 'link';
  if (of.isFIFO()) return 'fifo';
  if (of.isSocket()) return 'socket';
  if (of.isBlockDevice()) return 'block';
  if (of.isCharacterDevice()) return 'character';
  return 'file';
}

export function shapeOfStat(stat: Stats): StatShape {
  const numbers: Record<string, number> = {};
  for (const name of [...kept, ...times]) numbers[name] = stat[name];
  return { kind: kindOf(stat), numbers };
}

export function shapeOfEntry(entry: Dirent, parent: string, prefix: string): unknown {
  return { name: entry.name, within: prefix + entry.name, parent, kind: kindOf(entry) };
}
