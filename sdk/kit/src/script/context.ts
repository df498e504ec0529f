/** What hooks and actions get: the effects, the volumes as files, and programs of an image when they need one. */
import type { Effects } from './effects.ts';
import type { Host } from '../node/host.ts';
import { type ExecOptions, type MountOptions, Subcontainer } from './subcontainer.ts';

export interface VolumeFiles {
  /** As the script sees it. */
  path(file: string): string;
  /** null where there is none. */
  read(file: string): Promise<string | null>;
  write(file: string, text: string, mode?: number): Promise<void>;
  readJson(file: string): Promise<unknown>;
  writeJson(file: string, value: unknown, mode?: number): Promise<void>;
  exists(file: string): Promise<boolean>;
  remove(file: string): Promise<void>;
}

export interface Context<V extends string, I extends string> {
  readonly effects: Effects;
  readonly volumes: { readonly [volume in V]: VolumeFiles };
  /** A fresh subcontainer for as long as `work` takes. */
  within<T>(
    image: I,
    mounts: { readonly [volume in V]?: string | MountOptions },
    work: (subcontainer: Subcontainer) => Promise<T>,
  ): Promise<T>;
  /** Runs one program of an image to its end; it must succeed. */
  run(
    image: I,
    mounts: { readonly [volume in V]?: string | MountOptions },
    argv: readonly string[],
    options?: ExecOptions,
  ): Promise<string>;
  /** HTTP to the service itself, or wherever it may go. */
  fetch: typeof fetch;
  /** A password: letters and digits without look-alikes. 24 of them hold 139 bits. */
  password(length?: number): string;
}

export function volumeFiles(host: Host, volume: string): VolumeFiles {
  const path = (file: string) => `/media/startos/volumes/${volume}/${file}`;
  const read = (file: string) => host.files.read(path(file));
  const write = (file: string, text: string, mode?: number) => host.files.write(path(file), text, mode);
  return {
    path,
    read,
    write,
    exists: (file) => host.files.exists(path(file)),
    remove: (file) => host.files.remove(path(file)),
    async readJson(file) {
      const text = await read(file);
      return text === null ? null : (JSON.parse(text) as unknown);
    },
    writeJson: (file, value, mode) => write(file, `${JSON.stringify(value, null, 2)}\n`, mode),
  };
}

export function mountTable(
  mounts: Readonly<Record<string, string | MountOptions | undefined>>,
): Record<string, MountOptions> {
  const table: Record<string, MountOptions> = {};
  for (const [volume, mount] of Object.entries(mounts)) {
    if (mount !== undefined) table[volume] = typeof mount === 'string' ? { at: mount } : mount;
  }
  return table;
}

const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Bytes that would favour some letters are thrown away. */
export function password(host: Host, length: number): string {
  const fair = 256 - (256 % letters.length);
  let made = '';
  while (made.length < length) {
    for (const byte of host.random(length)) {
      if (byte < fair && made.length < length) made += letters.charAt(byte % letters.length);
    }
  }
  return made;
}

export function makeContext<V extends string, I extends string>(
  effects: Effects,
  host: Host,
  volumes: readonly V[],
): Context<V, I> {
  const within: Context<V, I>['within'] = async (image, mounts, work) => {
    const subcontainer = await Subcontainer.create(effects, host, image, 'task', mountTable(mounts));
    try {
      return await work(subcontainer);
    } finally {
      await subcontainer.destroy();
    }
  };
  const table = Object.fromEntries(volumes.map((volume) => [volume, volumeFiles(host, volume)]));
  return {
    effects,
    volumes: table as { [volume in V]: VolumeFiles },
    within,
    run: (image, mounts, argv, options) => within(image, mounts, (subcontainer) => subcontainer.run(argv, options)),
    fetch: (...request) => fetch(...request),
    password: (length = 24) => password(host, length),
  };
}
