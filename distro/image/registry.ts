/** The catalog, built: the registry folder that the image carries, so that a first install fetches nothing. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publishToFolder, readOrMakeKey } from '@hearth/sdk/pack';
import { run } from '../daemon/src/run.ts';
import type { Tell } from './steps.ts';

export interface CatalogPlace {
  /** Made anew. */
  readonly registry: string;
  /** Signs every package; made if it is not there, and kept: owners pin it when they install. */
  readonly key: string;
  readonly cache: string;
  /** Seconds; when the packages were published. */
  readonly epoch: number;
}

/** Packs every recipe of a release, with the release's own packer, and lists it. */
export async function packCatalog(release: string, place: CatalogPlace, tell: Tell): Promise<void> {
  const { registry, key, epoch } = place;
  await rm(registry, { recursive: true, force: true });
  await mkdir(registry, { recursive: true });
  await readOrMakeKey(key);
  const catalog = join(release, 'catalog');
  const cache = join(place.cache, 'images');
  for (const id of (await readdir(catalog)).sort()) {
    tell(id);
    const archive = join(registry, `${id}.s9pk`);
    const command = ['package', 'pack', join(catalog, id), '--key', key, '--cache', cache, '--out', archive];
    await run(join(release, 'node'), [join(release, 'hearth.mjs'), ...command], { onLine: tell });
    await publishToFolder(archive, registry, { name: 'Hearth', publishedAt: epoch * 1000 });
    await rm(archive);
  }
}
