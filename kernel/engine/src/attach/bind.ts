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

/** The mount is always nosuid and nodev. Throws `engine.mountFailed`. */
export async function bind(target: BindTarget, options: BindOptions): Promise<void> {
  const words = [
    `machine=${machine() === 'aarch64' ? 'aarch64' : 'x86_64'}`,
    `kind=${fstatSync(options.source).isDirectory() ? 'folder' : 'file'}`,
    'nosuid=1',
    'nodev=1',
    `readonly=${options.readonly === true ? 1 : 0}`,
    `noexec=${options.noexec === true ? 1 : 0}`,
    `map=${(options.map ?? []).map((line) => `${line.inside}:${line.outside}:${line.count}`).join(',')}`,
  ];
  const into = 'descriptor' in target;
  if (into) words.push('target=descriptor');
  else words.push('target=namespace', `owner=${target.owner}`, `location=${target.location}`);
  const descriptors = [options.source, into ? target.descriptor : target.namespace];
  try {
    await run('perl', ['-', ...words], { input: attachScript, descriptors, timeoutMs: 20_000 });
  } catch (cause) {
    const why = HearthError.is(cause) && typeof cause.data['words'] === 'string' ? cause.data['words'] : 'perl failed';
    throw errors.mountFailed({ target: options.name, words: why }, cause);
  }
}
