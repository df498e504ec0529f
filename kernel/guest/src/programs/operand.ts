/** A path handed to a program of the base system: opened first, and named by the open folder it lies in. */
import { constants, openSync } from 'node:fs';
import type { Paths } from '../files/paths.ts';

/** With a slash at its end where it had one, since rsync heeds it. The folder stays open: it is added to `held`. */
export function operand(path: string, paths: Paths, held: number[]): string {
  const place = paths.place(path, { follow: path.endsWith('/'), change: false });
  try {
    const at = place.path.lastIndexOf('/');
    const folder = openSync(place.path.slice(0, at), 0o10000000 | constants.O_DIRECTORY);
    held.push(folder);
    return `/proc/${process.pid}/fd/${folder}${place.path.slice(at)}${path.endsWith('/') ? '/' : ''}`;
  } finally {
    place.close();
  }
}
