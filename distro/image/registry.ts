/** The catalog, built: the registry folder that the image carries, so that a first install fetches nothing. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publishToFolder, readOrMakeKey } from '@hearth/sdk/pack';
import { run } from '../daemon/src/run.ts';
import type { Tell } from './workplace.ts';

export interface CatalogPlace {
  /** Made anew. */
  readonly registry: string;
  /** Signs every package; made if it is not there, and kept: owners pin it when they install. */
  readonly key: string;
  readonly cache: string;
  /** Seconds; when the packages were published. */
  readonly epoch: number;
}

/** Packs the services of a release with the release's own packer, two at a time, and lists them. */
export async function packCatalog(
  release: string,
  services: readonly string[],
  place: CatalogPlace,
  tell: Tell,
): Promise<void> {
  const { registry, key, cache, epoch } = place;
  await rm(registry, { recursive: true, force: true });
  await mkdir(registry, { recursive: true });
  await readOrMakeKey(key);
  const archiveOf = (id: string) => join(registry, `${id}.s9pk`);
  const waiting = [...services];
  const lane = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const recipe = join(release, 'catalog', id);
      const command = ['package', 'pack', recipe, '--key', key, '--cache', cache, '--out', archiveOf(id)];
      const name = id;
      await run(join(release, 'node'), [join(release, 'hearth.mjs'), ...command], {
        onLine: (line) => tell(`${name}: ${line}`),
      });
    }
  };
  await Promise.all([lane(), lane()]);
  for (const id of [...services].sort()) {
    await publishToFolder(archiveOf(id), registry, { name: 'Hearth', publishedAt: epoch * 1000 });
    await rm(archiveOf(id));
  }
}
