/** Builds an image as one squashfs, kept by what it was made from. */
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrap } from './debian.ts';
import { archivePlan, dockerfilePlan, registryPlan } from './image-archives.ts';
import { npmPlan } from './npm.ts';
import { type ImageDefaults, keyOf, type Plan, type Workshop } from './plan.ts';
import { rootfsPlan } from './rootfs.ts';
import type { RecipeImage } from './recipe.ts';
import type { DebianSource, ImageSource } from './sources.ts';

export interface BuiltImage {
  readonly squashfs: string;
  /** `<image>.json`. */
  readonly config: string;
  /** `<image>.env`, without a last newline. */
  readonly environment: string;
}

const usual = {
  user: 'root',
  workdir: '/',
  entrypoint: null,
  cmd: null,
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
};

export async function buildImage(image: RecipeImage, workshop: Workshop): Promise<BuiltImage> {
  const { squashfs, defaults } = await builtSource(image.source, workshop);
  const { user, workdir, entrypoint, cmd, env } = { ...usual, ...defaults, ...told(image) };
  return {
    squashfs,
    config: JSON.stringify({ workdir, user, entrypoint, cmd }),
    environment: Object.entries(env)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  };
}

/** What the recipe says; what it leaves out does not count as said. */
function told({ user, workdir, entrypoint, cmd, env }: RecipeImage): ImageDefaults {
  const said = Object.entries({ user, workdir, entrypoint, cmd, env }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said);
}

/** The image of a source: built now, or before. */
export async function builtSource(
  source: ImageSource,
  workshop: Workshop,
): Promise<{ readonly squashfs: string; readonly defaults: ImageDefaults }> {
  const { cache, context, name } = workshop;
  const plan = await planOf(source, workshop);
  const folder = join(cache, 'images');
  const squashfs = join(folder, `${plan.key}.squashfs`);
  const known = await stat(squashfs).catch(() => null);
  if (known !== null && !context.fresh) {
    context.say(`Image ${name} was built before`);
    return { squashfs, defaults: await readDefaults(squashfs) };
  }
  await mkdir(folder, { recursive: true, mode: 0o755 });
  context.say(`Building image ${name}`);
  // Beside what is made there, where there is room for images.
  const work = await mkdtemp(join(folder, 'work-'));
  try {
    const unfinished = join(work, 'image.squashfs');
    const defaults = await plan.build(unfinished, work);
    if (Object.keys(defaults).length > 0) await writeFile(`${squashfs}.json`, JSON.stringify(defaults));
    await rename(unfinished, squashfs);
    return { squashfs, defaults };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readDefaults(squashfs: string): Promise<ImageDefaults> {
  const text = await readFile(`${squashfs}.json`, 'utf8').catch(() => '{}');
  return JSON.parse(text) as ImageDefaults;
}

function planOf(source: ImageSource, workshop: Workshop): Promise<Plan> | Plan {
  if ('debian' in source && !('npm' in source)) return debianPlan(source.debian, workshop);
  if ('npm' in source)
    return npmPlan(source, workshop, (debian) =>
      builtSource({ debian }, { ...workshop, name: `${workshop.name} (base)` }),
    );
  if ('rootfs' in source) return rootfsPlan(source.rootfs, workshop);
  if ('oci' in source) return archivePlan(source.oci, workshop);
  if ('image' in source) return registryPlan(source.image, workshop);
  return dockerfilePlan(source, workshop);
}

function debianPlan(source: DebianSource, { name, architecture, context }: Workshop): Plan {
  return {
    key: imageHash(source, architecture),
    async build(destination) {
      await bootstrap(name, source, architecture, destination, context);
      return {};
    },
  };
}

export function imageHash(source: DebianSource, architecture: string): string {
  return keyOf(architecture, source);
}
