/**
 * recipe.json: what a package is made of, apart from its script.
 *
 * A recipe is a folder: `recipe.json`, the script (`package.ts`, or already bundled as `script/index.js` with
 * `script/manifest.json`), `icon.<ext>`, `LICENSE.md`, `instructions.md` and, if there are any, `assets/`.
 */
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errors } from './errors.ts';
import { imageSource, localPaths } from './sources.ts';

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const image = z.strictObject({
  source: imageSource,
  /** Who runs programs, unless the script says otherwise; what the source says, or `root`, unless told. */
  user: z.string().optional(),
  workdir: z.string().startsWith('/').optional(),
  entrypoint: z.array(z.string()).nullish(),
  cmd: z.array(z.string()).nullish(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().regex(/^[^\n]*$/, 'one line')).optional(),
});
export type RecipeImage = z.infer<typeof image>;

const recipeFile = z.strictObject({
  id,
  script: z.string().default('package.ts'),
  images: z.record(id, image),
});

export interface Recipe extends z.infer<typeof recipeFile> {
  readonly folder: string;
  /** `icon.svg`. */
  readonly icon: string;
  readonly hasAssets: boolean;
  /** The script was bundled before: `script/index.js` and `script/manifest.json` are used as they are. */
  readonly bundled: boolean;
}

export async function readRecipe(folder: string): Promise<Recipe> {
  const text = await readFile(join(folder, 'recipe.json'), 'utf8').catch((cause: unknown) => {
    throw errors.noRecipe({ folder }, cause);
  });
  const parsed = recipeFile.safeParse(parseJson(folder, text));
  if (!parsed.success) throw errors.recipeInvalid({ folder, reason: z.prettifyError(parsed.error) });
  const names = new Set(await readdir(folder));
  for (const file of ['LICENSE.md', 'instructions.md']) {
    if (!names.has(file)) throw errors.fileMissing({ folder, file });
  }
  const icon = [...names].find((name) => /^icon\.(svg|png|webp|jpg)$/.test(name));
  if (icon === undefined) throw errors.fileMissing({ folder, file: 'icon.svg' });
  const bundled = names.has('script') && (await readdir(join(folder, 'script'))).includes('index.js');
  if (!bundled && !names.has(parsed.data.script)) throw errors.fileMissing({ folder, file: parsed.data.script });
  // Which file it is depends on the machine: looked at when it is built.
  for (const { source } of Object.values(parsed.data.images))
    for (const path of localPaths(source)) if (!path.includes('{arch}')) await beneathRecipe(folder, path);
  return { ...parsed.data, folder, icon, bundled, hasAssets: names.has('assets') };
}

/** The real path of what the recipe names, which lies beneath it also where links are followed. Throws pack.rootfsInvalid. */
export async function beneathRecipe(folder: string, path: string, architecture = ''): Promise<string> {
  const file = join(folder, path.replaceAll('{arch}', architecture));
  const [real, base] = await Promise.all([realpath(file), realpath(folder)]).catch((cause: unknown) => {
    throw errors.rootfsInvalid({ file, reason: 'it is not there' }, cause);
  });
  if (real !== base && !real.startsWith(`${base}/`))
    throw errors.rootfsInvalid({ file, reason: 'it leads out of the recipe' });
  return real;
}

function parseJson(folder: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors.recipeInvalid({ folder, reason: `it is not JSON: ${String(cause)}` }, cause);
  }
}
