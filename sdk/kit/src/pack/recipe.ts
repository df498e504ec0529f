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

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
/** Debian's own rule for package names. */
const debianPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/);

export const debianSource = z.strictObject({
  /** `bookworm`, `trixie`, `sid`: whichever the machine itself runs. */
  suite: z.string().regex(/^[a-z]+$/),
  components: z.array(z.string().regex(/^[a-z-]+$/)).default(['main']),
  /** `essential`: what Debian cannot do without. `apt`, `minbase`: with apt. `custom`: exactly the packages named. */
  variant: z.enum(['essential', 'apt', 'minbase', 'custom']).default('essential'),
  packages: z.array(debianPackage).max(500),
  /** Paths that are not unpacked, as dpkg's `path-exclude` takes them; documentation and translations unless told. */
  excludes: z
    .array(z.string().startsWith('/'))
    .default([
      '/usr/share/doc/*',
      '/usr/share/man/*',
      '/usr/share/info/*',
      '/usr/share/locale/*',
      '/usr/share/lintian/*',
    ]),
  /** Shell lines run as root within the finished tree, without network. */
  setup: z.array(z.string()).default([]),
});
export type DebianSource = z.infer<typeof debianSource>;

const image = z.strictObject({
  source: z.union([
    z.strictObject({ debian: debianSource }),
    /** A tar of a whole tree, beside the recipe or in a folder below it; plain or compressed. */
    z.strictObject({ rootfs: z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'a path beneath the recipe') }),
  ]),
  /** Who runs programs, unless the script says otherwise. */
  user: z.string().default('root'),
  workdir: z.string().startsWith('/').default('/'),
  entrypoint: z.array(z.string()).nullable().default(null),
  cmd: z.array(z.string()).nullable().default(null),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().regex(/^[^\n]*$/, 'one line'))
    .default({ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }),
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
  const images = Object.fromEntries(
    await Promise.all(
      Object.entries(parsed.data.images).map(async ([name, made]) => [name, await withWholePath(folder, made)]),
    ),
  ) as Recipe['images'];
  return { ...parsed.data, images, folder, icon, bundled, hasAssets: names.has('assets') };
}

/** The tree of a `rootfs` lies beneath the recipe, also where links are followed. */
async function withWholePath(folder: string, made: RecipeImage): Promise<RecipeImage> {
  if (!('rootfs' in made.source)) return made;
  const file = join(folder, made.source.rootfs);
  const [real, base] = await Promise.all([realpath(file), realpath(folder)]).catch((cause: unknown) => {
    throw errors.rootfsInvalid({ file, reason: 'it is not there' }, cause);
  });
  if (!real.startsWith(`${base}/`)) throw errors.rootfsInvalid({ file, reason: 'it leads out of the recipe' });
  return { ...made, source: { rootfs: real } };
}

function parseJson(folder: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors.recipeInvalid({ folder, reason: 'it is not JSON' }, cause);
  }
}
