/** Configuration files of the service, each with a model of what stands in it. */
import type { Model } from '../model/model.ts';
import type { Format } from './format.ts';

/**
 * A file in volume `V` that holds `X`; null stands for its absence where nothing is written in the beginning.
 * Made by `jsonFile` and its sisters, used as `context.files.<name>`.
 */
export interface ConfigFile<V extends string, X> {
  readonly volume: V;
  /** Within the volume. */
  readonly path: string;
  readonly model: Model<NonNullable<X>>;
  readonly format: Format;
  readonly initial: NonNullable<X> | null;
  readonly mode: number | undefined;
}

export interface FileOptions<V extends string, T> {
  readonly volume: V;
  /** Within the volume: `config/settings.json`. */
  readonly path: string;
  readonly model: Model<T>;
  /** Access of a file that is made: 0o600 for what is secret. 0o644 unless told. */
  readonly mode?: number;
}

/** With `initial` there is always a value: it is written at a start of the container that finds no file. */
export interface FileMaker {
  <const V extends string, T>(
    options: FileOptions<V, T> & { readonly initial: NoInfer<T> },
  ): ConfigFile<V, NonNullable<T>>;
  <const V extends string, T>(options: FileOptions<V, T>): ConfigFile<V, NonNullable<T> | null>;
}

export function fileMaker(format: Format): FileMaker {
  return <V extends string, T>({ volume, path, model, mode, initial }: FileOptions<V, T> & { initial?: T }) => {
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new Error(`${path} is not a path within a volume`);
    const held = model as Model<NonNullable<T>>;
    return { volume, path, model: held, format, initial: initial ?? null, mode } as ConfigFile<V, NonNullable<T>>;
  };
}
