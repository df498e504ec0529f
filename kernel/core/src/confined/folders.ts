/** Where plugins lie: `<data>/kernel/confined/<id>/<rootSighash>/`, with `storage/`, `audit.jsonl` and `signer` beside. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginArchive } from './archive.ts';

/** Appears when all of it is there. */
export async function layOut(archive: PluginArchive, home: string): Promise<void> {
  const folder = join(home, archive.rootSighash);
  const making = `${folder}.making`;
  await mkdir(home, { recursive: true, mode: 0o700 });
  await rm(making, { recursive: true, force: true });
  await archive.layOut(making);
  await rm(folder, { recursive: true, force: true });
  await rename(making, folder);
}

/** Data that was kept of a plugin is for the key that made it: another one of the same name begins with nothing. */
export async function keepToSigner(home: string, signer: string): Promise<void> {
  const file = join(home, 'signer');
  const former = await readFile(file, 'utf8').catch(() => null);
  if (former === signer) return;
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(file, signer, { mode: 0o600, flush: true });
}

/** Removes versions that are not installed (`keep` names the one that is); data stays. */
export async function sweep(root: string, keep: (id: string) => string | undefined): Promise<void> {
  for (const id of await readdir(root).catch(() => [])) {
    for (const name of await readdir(join(root, id)).catch(() => []))
      if (/^[0-9a-f]{64}(\.making)?$/.test(name) && name !== keep(id))
        await rm(join(root, id, name), { recursive: true, force: true });
  }
}
