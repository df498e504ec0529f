/**
 * Resolving a path beneath a root, link by link.
 *
 * Programs may plant links anywhere a script reads. Every part is opened without following; links are followed by this
 * code alone, so a path can end nowhere but beneath one of the roots. Inside a subcontainer's root absolute links mean
 * that root, as they do to its programs. What is opened afterwards is a name beneath an open folder, which no rename can
 * move elsewhere.
 */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { FileError } from './error.ts';

/** Missing from Node's constants: an open that gives a place, not a file. */
const O_PATH = 0o10000000;
const maxLinks = 40;
const maxParts = 512;

export interface Root {
  /** As scripts name it, without a slash at its end. */
  readonly at: string;
  /** As this process reaches it. */
  readonly real: string;
  readonly writable: boolean;
  /** Absolute links inside mean this root, and `..` stops at it. */
  readonly closed: boolean;
}

/** The folder that holds a name, open. `close` once done. */
export interface Place {
  /** `/proc/self/fd/<folder>/<name>`. */
  readonly path: string;
  readonly writable: boolean;
  close(): void;
}

export function openPlace(path: number | string, flags = 0): number {
  const name = typeof path === 'number' ? `/proc/self/fd/${path}` : path;
  return openSync(name, O_PATH | constants.O_NOFOLLOW | flags);
}

interface Walk {
  readonly folders: number[];
  readonly pending: string[];
  links: number;
}

/**
 * Finds the folder and last name of `path`.
 *
 * @param rootOf the root a path lies beneath, with the rest of the path; throws EACCES for any other
 * @param follow whether a link as last part is followed
 */
export function walk(path: string, rootOf: (path: string) => { root: Root; rest: string }, follow: boolean): Place {
  let { root, rest } = rootOf(path);
  const state: Walk = { folders: [openPlace(root.real, constants.O_DIRECTORY)], pending: partsOf(rest), links: 0 };
  try {
    for (;;) {
      const name = state.pending.pop();
      if (name === undefined) return placeOf(state, '.', root);
      if (name === '..') leave(state, root, path);
      else {
        const last = state.pending.length === 0;
        const found = step(state, name, last && !follow, path);
        if (found === 'here') return placeOf(state, name, root);
        if (found === 'entered') continue;
        if (found.startsWith('/') && !root.closed) {
          const next = rootOf([found, ...state.pending.toReversed()].join('/'));
          ({ root, rest } = next);
          restart(state, openPlace(root.real, constants.O_DIRECTORY), partsOf(rest));
        } else {
          if (found.startsWith('/')) restart(state, openPlace(root.real, constants.O_DIRECTORY), state.pending);
          state.pending.push(...partsOf(found));
          if (state.pending.length > maxParts) throw new FileError('ENAMETOOLONG', path);
        }
      }
    }
  } catch (error) {
    for (const folder of state.folders) closeSync(folder);
    throw error;
  }
}

/** One part: a folder is entered; a file or a missing last part ends the walk; a link answers its target. */
function step(state: Walk, name: string, asItIs: boolean, path: string): string {
  if (asItIs) return 'here';
  const folder = state.folders.at(-1) ?? -1;
  const whole = `/proc/self/fd/${folder}/${name}`;
  let next: number;
  try {
    next = openPlace(whole, constants.O_DIRECTORY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && state.pending.length === 0) return 'here';
    if (code !== 'ENOTDIR') throw error;
    return fileOrLink(state, whole, path);
  }
  state.folders.push(next);
  return 'entered';
}

function fileOrLink(state: Walk, whole: string, path: string): string {
  try {
    const target = readlinkSync(whole);
    state.links += 1;
    if (state.links > maxLinks) throw new FileError('ELOOP', path);
    // A name of its own kind cannot be told from our marks: make it a path.
    return target === 'here' || target === 'entered' ? `./${target}` : target;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    if (state.pending.length > 0) throw new FileError('ENOTDIR', path);
    return 'here';
  }
}

function leave(state: Walk, root: Root, path: string): void {
  if (state.folders.length > 1) closeSync(state.folders.pop() ?? -1);
  else if (!root.closed) throw new FileError('EACCES', path);
}

function restart(state: Walk, folder: number, pending: string[]): void {
  for (const old of state.folders) closeSync(old);
  state.folders.splice(0, state.folders.length, folder);
  if (pending !== state.pending) state.pending.splice(0, state.pending.length, ...pending);
}

function partsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .reverse();
}

function placeOf(state: Walk, name: string, root: Root): Place {
  const folder = state.folders.pop() ?? -1;
  for (const passed of state.folders) closeSync(passed);
  return {
    path: name === '.' ? `/proc/self/fd/${folder}/.` : `/proc/self/fd/${folder}/${name}`,
    writable: root.writable,
    close: () => closeSync(folder),
  };
}
