/** The package source `registry`: brings the archive of a chosen version, built here or fetched. */
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { PackageSource, Places } from '@hearth/contract';
import { downloadArchive, openFile } from '@hearth/s9pk/node';
import { z } from 'zod';
import { build } from './build.ts';
import type { BuildKey } from './build-key.ts';
import { errors } from './errors.ts';
import { archiveAddress } from './file-registry.ts';
import { lookAtArchive, lookAtRecipe } from './look.ts';
import { registryArchive } from './registry-index.ts';

type Bar = Parameters<PackageSource['fetch']>[2];

/** What stands in the journal: enough to take the job up again after a crash. */
export const sourceInput = z.object({
  id: z.string(),
  registry: z.string(),
  from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('recipe') }),
    z.object({ kind: z.literal('archive'), archive: registryArchive }),
  ]),
});
export type SourceInput = z.infer<typeof sourceInput>;

export interface SourceParts {
  readonly places: Places;
  readonly cache: string;
  readonly key: () => Promise<BuildKey>;
}

export function registrySource(parts: SourceParts): PackageSource {
  return {
    name: 'registry',
    async look(given, signal) {
      const { id, registry, from } = sourceInput.parse(given);
      if (from.kind === 'recipe') return lookAtRecipe(join(parts.places.runtime, 'catalog', id));
      return lookAtArchive(registry, from.archive, signal);
    },
    async fetch(given, destination, bar) {
      const { id, registry, from } = sourceInput.parse(given);
      if (from.kind === 'archive') {
        await fetchArchive(registry, from.archive, destination, bar);
        await refuseUnlistedSigner(destination, Object.keys(from.archive.signatures));
        return { registry, commitment: from.archive.commitment };
      }
      await mkdir(parts.cache, { recursive: true, mode: 0o700 });
      const { runtime } = parts.places;
      const { path: key } = await parts.key();
      const recipe = join(runtime, 'catalog', id);
      const commitment = await build({ id, recipe, output: destination, key, cache: parts.cache, runtime }, bar);
      return { registry, commitment };
    },
  };
}

type Archive = z.infer<typeof registryArchive>;

async function fetchArchive(registry: string, archive: Archive, destination: string, bar: Bar): Promise<void> {
  const addresses = await Promise.all(archive.urls.map((url) => archiveAddress(registry, url)));
  const [first] = addresses;
  if (first?.protocol === 'file:') return copy(fileURLToPath(first), destination, archive.size, bar);
  const urls = addresses.filter(({ protocol }) => protocol !== 'file:').map(({ href }) => href);
  await downloadArchive(urls, destination, {
    commitment: archive.commitment,
    signal: bar.signal,
    progress: (done, total) => bar.progress(done, total, 'bytes'),
  });
}

/** A clone where the file system makes one, else a copy that can be watched. */
async function copy(from: string, to: string, size: number, bar: Bar): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return bar.progress(size, size, 'bytes');
  } catch {
    let done = 0;
    const reader = createReadStream(from, { highWaterMark: 1 << 20 });
    reader.on('data', (piece) => bar.progress((done += piece.length), Math.max(size, done), 'bytes'));
    await pipeline(reader, createWriteStream(to, { mode: 0o600 }), { signal: bar.signal });
  }
}

/** The key in the archive is the one that is pinned: it must be among those the owner was told. */
async function refuseUnlistedSigner(path: string, signers: readonly string[]): Promise<void> {
  const archive = await openFile(path, { tree: 'root' });
  try {
    if (!signers.includes(archive.signer)) throw errors.signerUnlisted({ found: archive.signer });
  } finally {
    await archive.close();
  }
}
