/** Every file call once, as a function that answers at once; `fs`, its callbacks and `fs/promises` are made from it. */
import { Buffer } from 'buffer';
import { call } from './host.ts';
import { Dirent, type EntryShape, Stats } from './stats.ts';
import type { StatShape } from '../sandbox/ops/stat.ts';

type Options = Record<string, unknown>;

/** Options may be an encoding alone. */
export function optionsOf(options: unknown): Options {
  return typeof options === 'string' ? { encoding: options } : ((options ?? {}) as Options);
}

/** Paths may be text, bytes or a `file:` URL. */
export function pathOf(path: unknown): string {
  if (typeof path === 'string') return path.startsWith('/') ? path : `/${path}`;
  if (path instanceof Uint8Array) return pathOf(Buffer.from(path).toString('utf8'));
  const { protocol, pathname } = (path ?? {}) as { protocol?: unknown; pathname?: unknown };
  if (protocol === 'file:' && typeof pathname === 'string') return decodeURIComponent(pathname);
  throw Object.assign(new TypeError('The "path" argument must be of type string or an instance of Buffer or URL'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

const utf8 = new Set(['utf8', 'utf-8', 'UTF-8', 'UTF8']);

function withEncoding(bytes: unknown, encoding: unknown): unknown {
  const whole = Buffer.from((bytes as Uint8Array).buffer as ArrayBuffer);
  if (typeof encoding !== 'string' || encoding === 'buffer') return whole;
  if (utf8.has(encoding)) return call('text.decode', ['utf-8', false, true], whole);
  return whole.toString(encoding as BufferEncoding);
}

function write(path: unknown, data: unknown, options: unknown, flag: string): void {
  const { encoding, flag: wanted = flag, mode } = optionsOf(options);
  const where = pathOf(path);
  if (
    typeof data === 'string' &&
    (encoding === undefined || encoding === null || (typeof encoding === 'string' && utf8.has(encoding)))
  )
    call('fs.writeFile', [where, data, wanted, mode ?? null]);
  else call('fs.writeFile', [where, null, wanted, mode ?? null], bytesOf(data, encoding));
}

export function bytesOf(data: unknown, encoding: unknown): ArrayBufferView {
  if (typeof data === 'string') return Buffer.from(data, encoding as BufferEncoding);
  if (ArrayBuffer.isView(data)) return data;
  throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export function openSync(path: unknown, flags: unknown = 'r', mode: unknown = 0o666): number {
  return call('fs.open', [pathOf(path), flags, mode]) as number;
}

const seconds = (time: unknown): number => (time instanceof Date ? time.getTime() / 1000 : Number(time));
const statOf = (op: string, path: unknown, options: unknown): Stats | undefined => {
  try {
    return new Stats(call(op, [pathOf(path)]) as StatShape);
  } catch (error) {
    if (optionsOf(options)['throwIfNoEntry'] === false && (error as { code?: unknown }).code === 'ENOENT')
      return undefined;
    throw error;
  }
};

export const calls: Record<string, (...args: unknown[]) => unknown> = {
  readFile: (path, options) => withEncoding(call('fs.readFile', [pathOf(path)]), optionsOf(options)['encoding']),
  writeFile: (path, data, options) => write(path, data, options, 'w'),
  appendFile: (path, data, options) => write(path, data, options, 'a'),
  stat: (path, options) => statOf('fs.stat', path, options),
  lstat: (path, options) => statOf('fs.lstat', path, options),
  access: (path, mode) => void call('fs.access', [pathOf(path), mode ?? 0]),
  mkdir: (path, options) => {
    const { recursive = false, mode = null } = typeof options === 'number' ? { mode: options } : optionsOf(options);
    return call('fs.mkdir', [pathOf(path), recursive, mode]) ?? undefined;
  },
  mkdtemp: (prefix) => call('fs.mkdtemp', [pathOf(prefix)]),
  readdir: (path, options) => {
    const { withFileTypes, recursive = false } = optionsOf(options);
    const entries = call('fs.readdir', [pathOf(path), recursive]) as EntryShape[];
    return entries.map((entry) => (withFileTypes === true ? new Dirent(entry) : entry.within));
  },
  rmdir: (path, options) => {
    if (optionsOf(options)['recursive'] === true) call('fs.rm', [pathOf(path), true, false]);
    else call('fs.rmdir', [pathOf(path)]);
  },
  rm: (path, options) => {
    const { recursive = false, force = false } = optionsOf(options);
    call('fs.rm', [pathOf(path), recursive, force]);
  },
  unlink: (path) => void call('fs.unlink', [pathOf(path)]),
  copyFile: (from, to, mode) => void call('fs.copyFile', [pathOf(from), pathOf(to), mode ?? 0]),
  cp: (from, to, options) => {
    const { recursive = false, force = true } = optionsOf(options);
    call('fs.cp', [pathOf(from), pathOf(to), recursive, force]);
  },
  rename: (from, to) => void call('fs.rename', [pathOf(from), pathOf(to)]),
  link: (from, to) => void call('fs.link', [pathOf(from), pathOf(to)]),
  symlink: (target, path) => void call('fs.symlink', [String(target), pathOf(path)]),
  readlink: (path) => call('fs.readlink', [pathOf(path)]),
  realpath: (path) => call('fs.realpath', [pathOf(path)]),
  chmod: (path, mode) => void call('fs.chmod', [pathOf(path), mode]),
  chown: (path, uid, gid) => void call('fs.chown', [pathOf(path), uid, gid]),
  lchown: (path, uid, gid) => void call('fs.lchown', [pathOf(path), uid, gid]),
  utimes: (path, accessed, modified) => void call('fs.utimes', [pathOf(path), seconds(accessed), seconds(modified)]),
  lutimes: (path, accessed, modified) => void call('fs.lutimes', [pathOf(path), seconds(accessed), seconds(modified)]),
  statfs: (path) => call('fs.statfs', [pathOf(path)]),
  truncate: (path, length) => void call('fs.truncate', [pathOf(path), length ?? 0]),
};

export const constants = {
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
  COPYFILE_EXCL: 1,
  COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE_FORCE: 4,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 64,
  O_EXCL: 128,
  O_TRUNC: 512,
  O_APPEND: 1024,
  S_IFMT: 61440,
  S_IFREG: 32768,
  S_IFDIR: 16384,
  S_IFLNK: 40960,
};
