/** A configuration file of a running service: read, followed, changed. */
import type { Host } from '../node/host.ts';
import type { Effects } from '../script/effects.ts';
import { type Follower, type Reactive, reactive, same } from '../script/reactive.ts';
import type { ConfigFile } from './config-file.ts';
import { fileSource } from './source.ts';

/** Every part may be left out, at every depth; lists are whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [key in keyof T]?: DeepPartial<T[key]> | undefined }
    : T;

/** `X` includes null for files that may be absent. Reading throws a sentence when the file is not what its model says. */
export interface ConfigHandle<X> extends Reactive<X> {
  /** As the script sees it. */
  readonly path: string;
  /** Puts this in its place, where it differs; checked by the model first. The file stays whose it is. */
  write(value: NonNullable<X>): Promise<void>;
  /**
   * Changes these parts and keeps the rest; undefined removes a part, a list is replaced. A file that is absent or not what
   * its model says begins with `initial`, or with nothing. @returns what it holds then
   */
  merge(part: DeepPartial<NonNullable<X>>): Promise<NonNullable<X>>;
}

export function configHandle<X>(effects: Effects, host: Host, file: ConfigFile<string, X>): ConfigHandle<X> {
  type Value = NonNullable<X>;
  const path = `/media/startos/volumes/${file.volume}/${file.path}`;
  const { model, format, initial, mode } = file;

  const read = (text: string): Value => {
    try {
      return model.read(format.parse(text), { at: '', typed: format.typed });
    } catch (cause) {
      throw new Error(`Cannot read ${file.path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  const source = fileSource(host, path);
  const value = async (follower: Follower | null): Promise<X> => {
    const text = await source(follower);
    return text === null ? (initial as X) : read(text);
  };

  const put = async (wanted: unknown, before: string | null): Promise<Value> => {
    // Formats without numbers get text and give text: what is checked is what a reader will find.
    const after = format.print(wanted, before);
    const checked = read(after);
    if (after !== before) await host.files.write(path, after, mode);
    return checked;
  };

  return {
    ...reactive(effects, value, host.log),
    path,
    async write(wanted) {
      const before = await host.files.read(path);
      if (before !== null && same(valueOrNull(before), wanted)) return;
      await put(wanted, before);
    },
    async merge(part) {
      const before = await host.files.read(path);
      const known = before === null ? null : valueOrNull(before);
      return put(merged(known ?? initial ?? {}, part), known === null ? null : before);
    },
  };

  function valueOrNull(text: string): Value | null {
    try {
      return read(text);
    } catch {
      return null;
    }
  }
}

function merged(base: unknown, part: unknown): unknown {
  if (!isTable(base) || !isTable(part)) return part;
  const made: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(part)) {
    if (value === undefined) delete made[key];
    else made[key] = merged(made[key], value);
  }
  return made;
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
