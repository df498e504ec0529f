/** What files are made of, wherever they lie. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errors } from './errors.ts';

/** Files of a folder that is hashed. */
const mostFiles = 100_000;

export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** By names, modes, links and contents. */
export async function hashFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  const visit = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).sort()) {
      if (++count > mostFiles) throw errors.rootfsInvalid({ file: folder, reason: 'it has too many files' });
      const path = below === '' ? name : `${below}/${name}`;
      const found = await lstat(join(folder, path));
      const content = found.isFile()
        ? await hashFile(join(folder, path))
        : found.isSymbolicLink()
          ? await readlink(join(folder, path))
          : '';
      hash.update(JSON.stringify([path, found.mode, content]));
      if (found.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return hash.digest('hex');
}
