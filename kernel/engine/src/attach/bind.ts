/** Binds a folder or file by descriptors: no path that somebody could swap reaches the kernel. */
import { fstatSync } from 'node:fs';
import { machine } from 'node:os';
import { HearthError } from '@hearth/contract';
import { errors } from '../errors.ts';
import { run } from '../system/run.ts';
import type { MapLine } from './idmap.ts';
import { attachScript } from './script.ts';

export interface BindOptions {
  /** O_PATH descriptor of what is bound. */
  readonly source: number;
  readonly readonly?: boolean;
  readonly noexec?: boolean;
  readonly map?: readonly MapLine[];
  /** For the words of an error. */
  readonly name: string;
}

export type BindTarget =
  /** O_PATH descriptor of a folder or file of the same kind. */
  | { readonly descriptor: number }
  /** Descriptor of a mount namespace, a path in it, and the id that makes what is missing there. */
  | { readonly namespace: number; readonly location: string; readonly owner: number };

/** One of several trees that are bound at once. */
export interface Tree {
  /** O_PATH descriptor of what is bound. */
  readonly source: number;
  /** O_PATH descriptor of a folder or file of the same kind. */
  readonly target: number;
  readonly readonly?: boolean;
  readonly noexec?: boolean;
  /** By the id map that all of them have. */
  readonly mapped?: boolean;
  /** Passes on what is mounted beneath it; keeps what the source allows of setuid programs and devices. */
  readonly shared?: boolean;
  /** For the words of an error. */
  readonly name: string;
}

/** The mount is always nosuid and nodev. Throws `engine.mountFailed`. */
export async function bind(target: BindTarget, options: BindOptions): Promise<void> {
  const { source, map = [], name } = options;
  const trees = `trees=${lettersOf({ ...options, mapped: map.length > 0 })}`;
  if ('descriptor' in target)
    return attach(['target=descriptor', trees, mapWord(map)], [source, target.descriptor], name);
  const kind = `kind=${fstatSync(source).isDirectory() ? 'folder' : 'file'}`;
  const where = ['target=namespace', kind, `owner=${target.owner}`, `location=${target.location}`];
  return attach([...where, trees, mapWord(map)], [source, target.namespace], name);
}

/** By one process, in their order. Throws `engine.mountFailed`, and leaves those that were bound before the one that was not. */
export async function bindAll(trees: readonly Tree[], map: readonly MapLine[]): Promise<void> {
  if (trees.length === 0) return;
  const words = ['target=descriptor', `trees=${trees.map(lettersOf).join(',')}`, mapWord(map)];
  const descriptors = trees.flatMap(({ source, target }) => [source, target]);
  await attach(words, descriptors, trees.map(({ name }) => name).join(' or '));
}

function lettersOf({ readonly, noexec, mapped, shared }: Omit<Tree, 'source' | 'target' | 'name'>): string {
  const when = (wanted: boolean | undefined, letter: string): string => (wanted === true ? letter : '');
  return `${when(shared !== true, 'd')}${when(readonly, 'r')}${when(noexec, 'x')}${when(mapped, 'm')}${when(shared, 's')}`;
}

function mapWord(map: readonly MapLine[]): string {
  return `map=${map.map((line) => `${line.inside}:${line.outside}:${line.count}`).join(',')}`;
}

async function attach(words: readonly string[], descriptors: readonly number[], name: string): Promise<void> {
  const args = ['-', `machine=${machine() === 'aarch64' ? 'aarch64' : 'x86_64'}`, ...words];
  try {
    await run('perl', args, { input: attachScript, descriptors, timeoutMs: 20_000 });
  } catch (cause) {
    const why = HearthError.is(cause) && typeof cause.data['words'] === 'string' ? cause.data['words'] : 'perl failed';
    throw errors.mountFailed({ target: name, words: why }, cause);
  }
}
