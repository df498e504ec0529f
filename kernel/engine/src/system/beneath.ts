/**
 * Paths a package or the kernel can influence are walked part by part with O_PATH: no `..`, no symbolic link, at any
 * time, whatever somebody renames meanwhile. What was found is a descriptor; use it by `descriptorPath`.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { fchmodSync, fchownSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { errors } from '../errors.ts';
import { codeOf } from './errno.ts';

const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NONBLOCK } = constants;

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Use at once, while the descriptor is open. */
export function descriptorPath(descriptor: number, name?: string): string {
  return name === undefined ? `/proc/self/fd/${descriptor}` : `/proc/self/fd/${descriptor}/${name}`;
}

/** The plain names of a relative path. Throws `engine.pathEscapes`. */
export function partsOf(relative: string): string[] {
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || relative.includes('\0')) throw errors.pathEscapes({ path: relative });
  return parts;
}

/** O_PATH descriptor of `relative` beneath `root`, a folder of ours. The caller closes it. */
export function openBeneath(root: string, relative: string): number {
  let descriptor = openSync(root, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  for (const part of partsOf(relative)) descriptor = step(descriptor, part, relative);
  return descriptor;
}

/** Opens, hands over, closes. */
export function useBeneath<T>(root: string, relative: string, use: (descriptor: number) => T): T {
  const descriptor = openBeneath(root, relative);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Like `openBeneath` for a folder, making what is missing with this owner and mode. */
export function openFolderBeneath(root: string, relative: string, owner: Owner, mode = 0o755): number {
  let descriptor = openSync(root, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  for (const part of partsOf(relative)) {
    makeFolder(descriptor, part, owner, mode);
    descriptor = step(descriptor, part, relative);
  }
  if (!fstatSync(descriptor).isDirectory()) {
    closeSync(descriptor);
    throw errors.pathNotFolder({ path: relative });
  }
  return descriptor;
}

/** Makes the folder `relative` beneath `root` with everything above it. */
export function makeFolderBeneath(root: string, relative: string, owner: Owner, mode = 0o755): void {
  closeSync(openFolderBeneath(root, relative, owner, mode));
}

/** Like `openFolderBeneath` for an empty file where something is to be bound. */
export function openFileBeneath(root: string, relative: string, owner: Owner): number {
  const parts = partsOf(relative);
  const name = parts.pop();
  if (name === undefined) throw errors.pathNotFile({ path: relative });
  const folder = openFolderBeneath(root, parts.join('/'), owner);
  try {
    const made = openSync(descriptorPath(folder, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
    fchownSync(made, owner.uid, owner.gid);
    closeSync(made);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') {
      closeSync(folder);
      throw cause;
    }
  }
  return step(folder, name, relative);
}

/** Content of a regular file with no other name. Throws `engine.pathNotFile`, `engine.pathTooLarge`. */
export function readBeneath(root: string, relative: string, limit: number): Buffer {
  return useRegularFile(root, relative, (descriptor, size) => {
    if (size > limit) throw errors.pathTooLarge({ path: relative, limit });
    const content = Buffer.alloc(size);
    const length = readSync(descriptor, content, 0, size, 0);
    return content.subarray(0, length);
  });
}

/** Opens a regular file for reading (never a device, a pipe, a link or a second name of another file). */
export function useRegularFile<T>(root: string, relative: string, use: (descriptor: number, size: number) => T): T {
  return useBeneath(root, relative, (found) => {
    const state = fstatSync(found);
    if (!state.isFile() || state.nlink !== 1) throw errors.pathNotFile({ path: relative });
    const descriptor = openSync(descriptorPath(found), O_RDONLY | O_NONBLOCK);
    try {
      return use(descriptor, state.size);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Replaces the file `name` in the folder `relative` in one step. */
export function writeBeneath(root: string, relative: string, content: string, owner: Owner, mode = 0o644): void {
  const parts = partsOf(relative);
  const name = parts.pop();
  if (name === undefined) throw errors.pathNotFile({ path: relative });
  useBeneath(root, parts.join('/'), (folder) => {
    const aside = descriptorPath(folder, `.${randomBytes(8).toString('hex')}`);
    const descriptor = openSync(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      ftruncateSync(descriptor);
      writeSync(descriptor, content);
      fchownSync(descriptor, owner.uid, owner.gid);
      fchmodSync(descriptor, mode);
      renameSync(aside, descriptorPath(folder, name));
    } catch (cause) {
      rmSync(aside, { force: true });
      throw cause;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** One step down; closes the descriptor it came from, whatever happens. */
function step(from: number, part: string, whole: string): number {
  let next: number;
  try {
    next = openSync(descriptorPath(from, part), O_PATH | O_NOFOLLOW);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') throw errors.pathMissing({ path: whole }, cause);
    if (codeOf(cause) === 'ENOTDIR') throw errors.pathNotFolder({ path: whole }, cause);
    throw cause;
  } finally {
    closeSync(from);
  }
  if (fstatSync(next).isSymbolicLink()) {
    closeSync(next);
    throw errors.pathIsLink({ path: whole });
  }
  return next;
}

function makeFolder(parent: number, name: string, owner: Owner, mode: number): void {
  try {
    mkdirSync(descriptorPath(parent, name), { mode });
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return;
    closeSync(parent);
    throw cause;
  }
  const made = openSync(descriptorPath(parent, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    fchownSync(made, owner.uid, owner.gid);
    fchmodSync(made, mode);
  } finally {
    closeSync(made);
  }
}
