/** Spares asking apt for its sources, half a second of work, while nothing that decides the answer has changed. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const noteOf = (destination: string) => join(destination, '.recipe.json');

/** The hash of the recipe as it was found for the same configuration of apt; null if it has to be asked again. */
export async function remembered(destination: string): Promise<string | null> {
  try {
    const note = JSON.parse(await readFile(noteOf(destination), 'utf8')) as { configuration?: string; hash?: string };
    const { hash = '' } = note;
    return note.configuration === (await configuration()) && /^[0-9a-f]{16}$/.test(hash) ? hash : null;
  } catch {
    return null;
  }
}

export async function remember(destination: string, hash: string): Promise<void> {
  await writeFile(noteOf(destination), JSON.stringify({ configuration: await configuration(), hash }));
}

/** Of every file that apt's sources, or our own recipe, stand in. */
async function configuration(): Promise<string> {
  const lists = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = [
    '/etc/os-release',
    '/etc/apt/sources.list',
    ...lists.sort().map((name) => join('/etc/apt/sources.list.d', name)),
    join(import.meta.dirname, 'recipe.ts'),
  ];
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(await readFile(file).catch(() => ''))
      .update('\0');
  return hash.digest('hex');
}
