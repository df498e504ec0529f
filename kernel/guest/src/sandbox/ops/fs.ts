/**
 * The script's file calls, made in the worker's own thread: blocking here blocks the script alone.
 *
 * Every path goes through `Paths`; a path is opened beneath its folder and never followed at its end, so what was checked
 * is what is used.
 */
import * as fs from 'node:fs';
import { FileError } from '../../files/error.ts';
import type { Place } from '../../files/walk.ts';
import type { OpContext, OpTable } from '../op.ts';
import { count, flagsOf, modeOf, text } from './arguments.ts';
import { type StatShape, shapeOfEntry, shapeOfStat } from './stat.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC } = fs.constants;
/** A named pipe a program left must not hold the script: reading it without a writer ends at once. */
const readFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const readLimit = 128 * 1024 * 1024;

type Access = { follow?: boolean; change?: boolean };

function at<T>(context: OpContext, path: string, access: Access, use: (place: Place) => T): T {
  const place = context.paths.place(path, { follow: access.follow ?? true, change: access.change ?? false });
  try {
    return use(place);
  } finally {
    place.close();
  }
}

function changing<T>(context: OpContext, path: string, use: (place: Place) => T): T {
  return at(context, path, { follow: false, change: true }, use);
}

function readWhole(descriptor: number, path: string): Buffer {
  const stat = fs.fstatSync(descriptor);
  if (stat.isDirectory()) throw new FileError('EISDIR', path);
  if (stat.size > readLimit) throw new FileError('EFBIG', path);
  return fs.readFileSync(descriptor);
}

function readFile(context: OpContext, path: string): Buffer {
  const system = context.paths.systemFile(path);
  if (system !== null) return fs.readFileSync(system);
  return at(context, path, {}, (place) => {
    const descriptor = fs.openSync(place.path, readFlags);
    try {
      return readWhole(descriptor, path);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

function statOf(context: OpContext, path: string, follow: boolean): StatShape {
  if (context.paths.isPresent(path)) return shapeOfStat(fs.lstatSync('/'));
  const system = context.paths.systemFile(path);
  if (system !== null) return shapeOfStat(fs.statSync(system));
  const sub = context.paths.subcontainerOf(path);
  // A subcontainer has a first process from its launch on, whenever its real one comes up.
  if (sub?.inside === '/proc/1' && context.launched(sub.guid)) return shapeOfStat(fs.lstatSync('/'));
  return at(context, path, { follow }, (place) => shapeOfStat(fs.lstatSync(place.path)));
}

/** Opened without following, then reached by its descriptor: modes, owners and times are set on what was checked. */
function onFile(context: OpContext, path: string, use: (path: string) => void): void {
  at(context, path, { change: true }, (place) => {
    const descriptor = fs.openSync(place.path, 0o10000000 | O_NOFOLLOW);
    try {
      use(`/proc/self/fd/${descriptor}`);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

function makeFolder(context: OpContext, path: string, recursive: boolean, mode: number): string | null {
  if (context.paths.isPresent(path) && recursive) return null;
  if (!recursive) return changing(context, path, (place) => (fs.mkdirSync(place.path, { mode }), null));
  try {
    const stat = statOf(context, path, true);
    if (stat.kind === 'directory') return null;
    throw new FileError('EEXIST', path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const parent = path.replace(/\/+[^/]*\/*$/, '');
  const first = parent === '' ? null : makeFolder(context, parent, true, mode);
  at(context, path, { change: true }, (place) => fs.mkdirSync(place.path, { mode }));
  return first ?? path;
}

function copy(context: OpContext, from: string, to: string, exclusive: boolean): void {
  const bytes = readFile(context, from);
  const source = context.paths.systemFile(from);
  const mode = source === null ? at(context, from, {}, (place) => fs.lstatSync(place.path).mode & 0o777) : 0o644;
  write(context, to, bytes, O_WRONLY | O_CREAT | (exclusive ? fs.constants.O_EXCL : O_TRUNC), mode);
}

function write(context: OpContext, path: string, bytes: Uint8Array, flags: number, mode: number): void {
  at(context, path, { change: true }, (place) => {
    const descriptor = fs.openSync(place.path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
    try {
      fs.writeFileSync(descriptor, bytes);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** Folder by folder through the same walk, so a link planted meanwhile is copied as a link or refused. */
function copyTree(context: OpContext, from: string, to: string, recursive: boolean, force: boolean): void {
  const { kind } = statOf(context, from, false);
  if (kind === 'directory') {
    if (!recursive) throw new FileError('EISDIR', from);
    makeFolder(context, to, true, 0o777);
    for (const name of at(context, from, {}, (place) => fs.readdirSync(place.path)))
      copyTree(context, `${from}/${name}`, `${to}/${name}`, recursive, force);
  } else if (kind === 'link') {
    const target = at(context, from, { follow: false }, (place) => fs.readlinkSync(place.path));
    changing(context, to, (place) => fs.symlinkSync(target, place.path));
  } else copy(context, from, to, !force);
}

function readFolder(context: OpContext, path: string, recursive: boolean, prefix = ''): unknown[] {
  const entries = at(context, path, {}, (place) => fs.readdirSync(place.path, { withFileTypes: true }));
  return entries.flatMap((entry) => {
    const own = shapeOfEntry(entry, prefix === '' ? path : path, prefix);
    if (!recursive || !entry.isDirectory()) return [own];
    return [own, ...readFolder(context, `${path}/${entry.name}`, true, `${prefix}${entry.name}/`)];
  });
}

function check(context: OpContext, path: string, mode: number): void {
  const { kind } = statOf(context, path, true);
  if (context.paths.isPresent(path) || context.paths.systemFile(path) !== null) return;
  const sub = context.paths.subcontainerOf(path);
  if (sub?.inside === '/proc/1' && kind === 'directory') return;
  at(context, path, {}, (place) => fs.accessSync(place.path, mode));
}

export const fsOps: OpTable = {
  'fs.readFile': (context, [path]) => readFile(context, text(path)),
  'fs.writeFile': (context, [path, data, flag, mode], bytes) =>
    write(context, text(path), bytes ?? Buffer.from(text(data), 'utf8'), flagsOf(flag ?? 'w'), modeOf(mode, 0o666)),
  'fs.stat': (context, [path]) => statOf(context, text(path), true),
  'fs.lstat': (context, [path]) => statOf(context, text(path), false),
  'fs.access': (context, [path, mode]) => check(context, text(path), count(mode ?? 0)),
  'fs.mkdir': (context, [path, recursive, mode]) =>
    makeFolder(context, text(path), recursive === true, modeOf(mode, 0o777)),
  'fs.mkdtemp': (context, [prefix]) => {
    const made = at(context, text(prefix), { follow: false, change: true }, (place) => fs.mkdtempSync(place.path));
    return `${text(prefix).replace(/[^/]*$/, '')}${made.slice(made.lastIndexOf('/') + 1)}`;
  },
  'fs.readdir': (context, [path, recursive]) => readFolder(context, text(path).replace(/\/+$/, ''), recursive === true),
  'fs.rmdir': (context, [path]) => changing(context, text(path), (place) => fs.rmdirSync(place.path)),
  'fs.unlink': (context, [path]) => changing(context, text(path), (place) => fs.unlinkSync(place.path)),
  'fs.rm': (context, [path, recursive, force]) => {
    try {
      changing(context, text(path), (place) =>
        fs.rmSync(place.path, { recursive: recursive === true, force: force === true, maxRetries: 2 }),
      );
    } catch (error) {
      // With force, a missing parent folder is as good as a missing file.
      if (force !== true || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  },
  'fs.copyFile': (context, [from, to, mode]) =>
    copy(context, text(from), text(to), (count(mode ?? 0) & fs.constants.COPYFILE_EXCL) !== 0),
  'fs.cp': (context, [from, to, recursive, force]) =>
    copyTree(context, text(from), text(to), recursive === true, force !== false),
  'fs.rename': (context, [from, to]) =>
    changing(context, text(from), (source) =>
      changing(context, text(to), (target) => fs.renameSync(source.path, target.path)),
    ),
  'fs.link': (context, [from, to]) =>
    changing(context, text(from), (source) =>
      changing(context, text(to), (target) => fs.linkSync(source.path, target.path)),
    ),
  'fs.symlink': (context, [target, path]) =>
    changing(context, text(path), (place) => fs.symlinkSync(text(target), place.path)),
  'fs.readlink': (context, [path]) =>
    at(context, text(path), { follow: false }, (place) => fs.readlinkSync(place.path)),
  'fs.realpath': (context, [path]) => {
    statOf(context, text(path), true);
    return text(path);
  },
  'fs.chmod': (context, [path, mode]) => onFile(context, text(path), (file) => fs.chmodSync(file, modeOf(mode, 0))),
  'fs.chown': (context, [path, uid, gid]) =>
    onFile(context, text(path), (file) => fs.chownSync(file, count(uid), count(gid))),
  'fs.lchown': (context, [path, uid, gid]) =>
    changing(context, text(path), (place) => fs.lchownSync(place.path, count(uid), count(gid))),
  'fs.utimes': (context, [path, accessed, modified]) =>
    onFile(context, text(path), (file) => fs.utimesSync(file, count(accessed), count(modified))),
  'fs.lutimes': (context, [path, accessed, modified]) =>
    changing(context, text(path), (place) => fs.lutimesSync(place.path, count(accessed), count(modified))),
  'fs.statfs': (context, [path]) =>
    at(context, text(path), {}, (place) => Object.fromEntries(Object.entries(fs.statfsSync(place.path)))),
  'fs.truncate': (context, [path, length]) =>
    onFile(context, text(path), (file) => fs.truncateSync(file, count(length))),
};
