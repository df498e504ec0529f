/** The catalog of the release: recipes with their scripts bundled, built on this machine when they are first installed. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, manifest as manifestSchema } from '@hearth/contract';
import type { Offer, Registry } from './offer.ts';

/** Not an address: the catalog moves with every release, its identity does not. */
export const catalogUrl = 'catalog:';

export function recipeRegistry(catalog: string, log: Log): Registry {
  return {
    url: catalogUrl,
    fixed: true,
    name: () => Promise.resolve('Made on this server'),
    async offers() {
      const names = await readdir(catalog).catch(() => []);
      const found = await Promise.all(
        names.sort().map((name) =>
          readRecipe(join(catalog, name)).catch((error: unknown) => {
            log.warn({ recipe: name, error: String(error) }, 'a recipe of the catalog cannot be read');
            return null;
          }),
        ),
      );
      return found.filter((offer) => offer !== null);
    },
  };
}

const types: Readonly<Record<string, string>> = { svg: 'svg+xml', png: 'png', webp: 'webp', jpg: 'jpeg' };

async function readRecipe(folder: string): Promise<Offer> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'script/manifest.json'), 'utf8')));
  const icon = (await readdir(folder)).find((name) => /^icon\.(svg|png|webp|jpg)$/.test(name));
  const type = types[icon?.split('.').at(-1) ?? ''];
  return {
    ...manifest,
    icon:
      icon === undefined || type === undefined
        ? null
        : `data:image/${type};base64,${(await readFile(join(folder, icon))).toString('base64')}`,
    categories: [],
    versions: [
      {
        version: manifest.version,
        releaseNotes: manifest.releaseNotes,
        publishedAt: null,
        origin: { kind: 'recipe', folder },
      },
    ],
  };
}
