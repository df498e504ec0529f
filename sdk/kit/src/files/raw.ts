/** Any other format: the packager says how its text is read and printed. */
import type { ConfigFile } from './config-file.ts';
import { fileMaker } from './config-file.ts';

export interface RawOptions<V extends string, T> {
  readonly volume: V;
  /** Within the volume. */
  readonly path: string;
  /** Of the whole text; throws a sentence when it cannot. */
  readonly read: (text: string) => T;
  readonly print: (value: T) => string;
  readonly mode?: number;
}

/** A file in a form of its own. */
export function rawFile<const V extends string, T>(
  options: RawOptions<V, T> & { readonly initial: NoInfer<T> },
): ConfigFile<V, NonNullable<T>>;
export function rawFile<const V extends string, T>(options: RawOptions<V, T>): ConfigFile<V, NonNullable<T> | null>;
export function rawFile<V extends string, T>(
  options: RawOptions<V, T> & { readonly initial?: T },
): ConfigFile<V, NonNullable<T>> {
  const { volume, path, read, print, mode, initial } = options;
  const make = fileMaker({ typed: true, parse: read, print: (value) => print(value as T) });
  const model = { read: (value: unknown) => value as NonNullable<T> };
  const common = { volume, path, model, ...(mode === undefined ? {} : { mode }) };
  return initial === undefined || initial === null
    ? (make(common) as ConfigFile<V, NonNullable<T>>)
    : make({ ...common, initial: initial });
}
