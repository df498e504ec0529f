/** Recipe in, signed archive out. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { manifest as manifestSchema } from '@hearth/contract';
import { hex, packageFiles, type SigningKey, type Tree } from '@hearth/s9pk';
import { fileContent, openFile, packArchive } from '@hearth/s9pk/node';
import type { PackageManifest } from '../script/manifest.ts';
import { scriptOf } from './bundle.ts';
import { errors } from './errors.ts';
import { contextOf, type Packed, type PackContext, type PackEvent } from './events.ts';
import { buildImage } from './image.ts';
import { readRecipe, type Recipe } from './recipe.ts';
import { squashFolder } from './squash.ts';

export interface PackRequest {
  /** Folder of the recipe. */
  readonly recipe: string;
  /** The archive to be made. */
  readonly output: string;
  readonly key: SigningKey;
  /** Where built images are kept; `defaultCache()` unless told. */
  readonly cache?: string | undefined;
  /** `x86_64`, `aarch64`; that of this machine unless told. */
  readonly architecture?: string | undefined;
  readonly fresh?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: PackEvent) => void) | undefined;
}

export function defaultCache(): string {
  return userInfo().uid === 0 ? '/var/cache/hearth' : join(homedir(), '.cache/hearth');
}

export function ownArchitecture(): string {
  return arch() === 'arm64' ? 'aarch64' : 'x86_64';
}

export async function packPackage(request: PackRequest): Promise<Packed> {
  const context = contextOf(request.onEvent, request);
  const recipe = await readRecipe(request.recipe);
  const script = await scriptOf(recipe);
  const architecture = request.architecture ?? ownArchitecture();
  const manifest = manifestFor(recipe, script.manifest, architecture);
  const work = await mkdtemp(join(tmpdir(), 'hearth-pack-'));
  try {
    const tree = await gather(recipe, script.code, manifest, architecture, request, work, context);
    context.say('Signing the package');
    const progress = (done: number, total: number) => context.progress(done, total, 'bytes');
    const written = await packArchive(tree, request.output, {
      key: request.key,
      order: 'priority',
      progress,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    await proveComplete(request.output);
    return {
      file: request.output,
      id: manifest.id,
      version: manifest.version,
      commitment: written.commitment,
      signer: hex(request.key.publicKey),
      size: written.size,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function gather(
  recipe: Recipe,
  code: string,
  manifest: PackageManifest,
  architecture: string,
  request: PackRequest,
  work: string,
  context: PackContext,
): Promise<Tree> {
  const tree = new Map<string, Uint8Array | Awaited<ReturnType<typeof fileContent>>>();
  const text = (value: string) => new TextEncoder().encode(value);
  for (const [name, image] of Object.entries(recipe.images)) {
    const cache = request.cache ?? defaultCache();
    const built = await buildImage(image, { name, folder: recipe.folder, architecture, cache, context });
    const base = `images/${architecture}/${name}`;
    tree.set(`${base}.squashfs`, await fileContent(built.squashfs));
    tree.set(`${base}.json`, text(built.config));
    tree.set(`${base}.env`, text(built.environment));
  }
  context.say('Packing the script');
  await mkdir(join(work, 'javascript'));
  await writeFile(join(work, 'javascript/index.js'), code);
  await squashFolder(join(work, 'javascript'), join(work, 'javascript.squashfs'), context.signal);
  tree.set('javascript.squashfs', await fileContent(join(work, 'javascript.squashfs')));
  if (recipe.hasAssets) {
    await squashFolder(join(recipe.folder, 'assets'), join(work, 'assets.squashfs'), context.signal);
    tree.set('assets.squashfs', await fileContent(join(work, 'assets.squashfs')));
  }
  for (const name of ['LICENSE.md', 'instructions.md', recipe.icon]) {
    tree.set(name, await readFile(join(recipe.folder, name)));
  }
  tree.set('manifest.json', text(`${JSON.stringify(manifest, null, 2)}\n`));
  return tree;
}

/** What the script declares, for the architecture that is built. */
function manifestFor(recipe: Recipe, declared: PackageManifest, architecture: string): PackageManifest {
  assertAgreement(recipe, declared, architecture);
  const images = Object.fromEntries(
    Object.entries(declared.images).map(([name, image]) => [
      name,
      { ...image, source: 'packed', arch: [architecture] },
    ]),
  );
  const hardwareRequirements = { ...(declared['hardwareRequirements'] as object), arch: [architecture] };
  const manifest = { ...declared, images, hardwareRequirements };
  const parsed = manifestSchema.safeParse(manifest);
  if (!parsed.success) throw errors.scriptInvalid({ reason: `its manifest is not valid: ${parsed.error.message}` });
  return manifest;
}

/** @throws pack.manifestDisagrees when the script tells of another package or other images than the recipe */
export function assertAgreement(recipe: Recipe, declared: PackageManifest, architecture: string): void {
  if (declared.id !== recipe.id) {
    throw errors.manifestDisagrees({ reason: `the script is ${declared.id}, the recipe ${recipe.id}` });
  }
  const [told, made] = [Object.keys(declared.images).sort(), Object.keys(recipe.images).sort()];
  if (told.join() !== made.join()) {
    throw errors.manifestDisagrees({
      reason: `the script has images ${told.join(', ')}, the recipe ${made.join(', ')}`,
    });
  }
  for (const [name, { arch: offered }] of Object.entries(declared.images)) {
    if (!offered.includes(architecture)) {
      throw errors.manifestDisagrees({ reason: `image ${name} is not declared for ${architecture}` });
    }
  }
}

/** Reads back what was written, as an installation will. */
async function proveComplete(file: string): Promise<void> {
  const archive = await openFile(file);
  try {
    await packageFiles(archive, null);
  } finally {
    await archive.close();
  }
}
