/** The catalog, built: the registry folder that the image carries, so that a first install fetches nothing. */
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../daemon/src/run.ts';
import type { Tell } from './steps.ts';

/** Packs every recipe of a release into `registry`, signed with a key made for this build. Answers the folder. */
export async function packCatalog(release: string, registry: string, cache: string, tell: Tell): Promise<string> {
  await mkdir(registry, { recursive: true });
  const catalog = join(release, 'catalog');
  const hearth = (...args: string[]) =>
    run(join(release, 'node'), [join(release, 'hearth.mjs'), ...args], { onLine: tell });
  const key = join(registry, '../developer.key.pem');
  const known = await access(key).then(
    () => true,
    () => false,
  );
  if (!known) await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key]);
  for (const id of (await readdir(catalog)).sort()) {
    tell(id);
    await hearth(
      'package',
      'pack',
      join(catalog, id),
      '--key',
      key,
      '--cache',
      join(cache, 'images'),
      '--out',
      join(registry, `${id}.s9pk`),
    );
  }
  return registry;
}
