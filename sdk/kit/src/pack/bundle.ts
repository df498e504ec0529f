/**
 * A package script as one CommonJS file, and the manifest it declares.
 *
 * Bundling is a step of its own: a release ships its catalog bundled, so that a box needs neither esbuild nor the kit.
 */
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import type { PackageManifest } from '../script/manifest.ts';
import { errors } from './errors.ts';
import { readRecipe, type Recipe } from './recipe.ts';
import { localPaths } from './sources.ts';

export interface BundledScript {
  /** `index.js`. */
  readonly code: string;
  readonly manifest: PackageManifest;
}

/** Bundles the script at `entry`; answers its code and the manifest it exports. */
export async function bundleScript(entry: string): Promise<BundledScript> {
  // Only needed where scripts are bundled, which an owner's box is not.
  const { build } = await import('esbuild');
  const made = await build({
    entryPoints: [resolve(entry)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'es2023',
    charset: 'utf8',
    minifySyntax: true,
    // Names stay (one that two modules have is numbered), and lines short enough for a stack trace to point into them.
    minifyWhitespace: true,
    lineLimit: 160,
    // A package anywhere on the machine finds the kit of this checkout.
    nodePaths: [join(import.meta.dirname, '../../../../node_modules')],
    legalComments: 'none',
    logLevel: 'silent',
  }).catch((cause: unknown) => {
    throw errors.scriptInvalid({ reason: cause instanceof Error ? cause.message : String(cause) }, cause);
  });
  const code = made.outputFiles[0]?.text ?? '';
  return { code, manifest: manifestOf(code) };
}

const abi = ['manifest', 'init', 'uninit', 'main', 'createBackup', 'actions'];

/** Evaluates a bundle and takes its manifest. The packager's own code: it runs here as it would in their tests. */
export function manifestOf(code: string): PackageManifest {
  const module: { exports: Record<string, unknown> } = { exports: {} };
  try {
    const wrapper = `(function (module, exports, require) {${code}\n})`;
    const evaluate = new Script(wrapper, { filename: 'index.js' }).runInThisContext() as (...args: unknown[]) => void;
    evaluate(module, module.exports, createRequire(import.meta.url));
  } catch (cause) {
    throw errors.scriptInvalid({ reason: `it threw while it was loaded: ${String(cause)}` }, cause);
  }
  for (const name of abi) {
    if (!(name in module.exports)) throw errors.scriptInvalid({ reason: `it does not export ${name}` });
  }
  return JSON.parse(JSON.stringify(module.exports['manifest'])) as PackageManifest;
}

/** The script of a recipe: bundled now, or before. */
export async function scriptOf(recipe: Recipe): Promise<BundledScript> {
  if (!recipe.bundled) return bundleScript(join(recipe.folder, recipe.script));
  const folder = join(recipe.folder, 'script');
  return {
    code: await readFile(join(folder, 'index.js'), 'utf8'),
    manifest: JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as PackageManifest,
  };
}

/** A path with `{arch}` may be there for some machines and not for others. */
async function matching(folder: string, path: string): Promise<string[]> {
  if (!path.includes('{arch}')) return [path];
  const offered = architectures.map((name) => path.replaceAll('{arch}', name));
  const there = await Promise.all(offered.map((name) => stat(join(folder, name)).catch(() => null)));
  return offered.filter((_, at) => there[at] !== null);
}
const architectures = ['x86_64', 'aarch64'];

/** Copies a recipe with its script bundled: what a release ships as `catalog/<id>`. */
export async function prebundleRecipe(folder: string, destination: string): Promise<PackageManifest> {
  const recipe = await readRecipe(folder);
  const { code, manifest } = await scriptOf(recipe);
  await rm(destination, { recursive: true, force: true });
  await mkdir(join(destination, 'script'), { recursive: true });
  for (const name of ['recipe.json', 'LICENSE.md', 'instructions.md', recipe.icon]) {
    await cp(join(folder, name), join(destination, name));
  }
  for (const path of Object.values(recipe.images).flatMap(({ source }) => localPaths(source))) {
    for (const found of await matching(folder, path))
      await cp(join(folder, found), join(destination, found), { recursive: true });
  }
  if (recipe.hasAssets) await cp(join(folder, 'assets'), join(destination, 'assets'), { recursive: true });
  await writeFile(join(destination, 'script/index.js'), code);
  await writeFile(join(destination, 'script/manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
