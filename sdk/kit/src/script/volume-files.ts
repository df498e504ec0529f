/** The files of a volume, as the script itself reads and writes them: as the container's root. */
import type { Host } from '../node/host.ts';

/** The files of a volume, as the container's root: `context.volumes.<name>`. */
export interface VolumeFiles {
  /** As the script sees it. */
  path(file: string): string;
  /** null where there is none. */
  read(file: string): Promise<string | null>;
  /** Makes the folders on the way. `mode` counts for a file that is new. */
  write(file: string, text: string, mode?: number): Promise<void>;
  /** null where there is none. */
  readJson(file: string): Promise<unknown>;
  writeJson(file: string, value: unknown, mode?: number): Promise<void>;
  exists(file: string): Promise<boolean>;
  /** A file, or a folder with all that is in it. */
  remove(file: string): Promise<void>;
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
