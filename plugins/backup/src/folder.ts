/** A folder of this machine that may hold backups. */
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { Places } from '@hearth/contract';
import { errors } from './errors.ts';

/** The real path of a folder that is there: a drive that is not plugged in must not become a folder of the system disk. */
export async function usableFolder(asked: string, places: Places): Promise<string> {
  if (!isAbsolute(asked)) throw errors.folderMissing({ path: asked });
  const path = await realpath(asked).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw errors.folderMissing({ path: asked }, error);
    if (code === 'ENOTDIR') throw errors.notFolder({ path: asked }, error);
    // The kernel may not look there; the engine, which may, judges for itself.
    return normalize(asked);
  });
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) throw errors.notFolder({ path: asked });
  for (const own of [places.data, places.run]) {
    const real = await realpath(own).catch(() => own);
    if (path === real || path.startsWith(`${real}/`)) throw errors.insideData({ path: asked });
  }
  return path;
}
