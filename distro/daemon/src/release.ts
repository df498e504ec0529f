/**
 * Builds the release that runs: bundles, the guest, the pages, the catalog and Node itself in one read-only folder named
 * by the hash of its sources.
 *
 * Running containers hold the folder of the release they were started with; an `npm install` or a new checkout never
 * changes files under them. The boot image carries a folder made by the same function.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, copyFile, cp, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { prebundleRecipe } from '@hearth/sdk/pack';
import { buildConfined } from '@hearth/confined/build';
import { buildGuest } from '@hearth/guest/build';
import { buildUi } from '@hearth/shell-ui/build';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../../..');

export interface Release {
  /** First 16 hex digits of the hash of everything it is made from. */
  readonly hash: string;
  readonly folder: string;
}

/** Packages with a compiled part: copied whole, since a bundle cannot hold them. */
const natives = ['classic-level', '@napi-rs/blake-hash'];
const sources = ['kernel', 'plugins', 'sdk', 'shell-ui', 'distro'];

export async function ensureRelease(runtimes: string, tell: (detail: string) => void): Promise<Release> {
  const hash = await hashSources();
  const folder = join(runtimes, hash);
  if (await exists(join(folder, '.complete'))) return { hash, folder };
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o755 });
  tell('bundling');
  await Promise.all([
    bundle(making),
    buildConfined(join(making, 'confined')),
    buildGuest(join(making, 'guest')),
    buildUi(join(making, 'ui')),
    buildCatalog(join(making, 'catalog')),
  ]);
  tell('copying Node');
  await Promise.all([copyNode(runtimes, making), copyNatives(making)]);
  await writeFile(join(making, '.complete'), `${hash}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(making, folder);
  return { hash, folder };
}

/** Drops releases that neither run now nor are named in `inUse`. */
export async function sweepReleases(runtimes: string, inUse: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(runtimes).catch(() => [])) {
    if (entry.startsWith('.node-') || inUse.has(join(runtimes, entry))) continue;
    await rm(join(runtimes, entry), { recursive: true, force: true });
  }
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
  for (const folder of sources) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/\/node_modules\/|\.(test|long|system|suite)\.ts$|\/testing\//.test(file))
      .sort();
    for (const file of files)
      hash
        .update(`${file.slice(root.length)}\0`)
        .update(await readFile(file))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: {
      engine: join(root, 'kernel/engine/src/main.ts'),
      kernel: join(root, 'distro/daemon/src/kernel.ts'),
      hearth: join(root, 'sdk/cli/src/main.ts'),
      prepare: join(root, 'distro/image/prepare.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap: 'linked',
    sourcesContent: false,
    // Half of the text, and so of what is kept of it in memory; names stay, for the traces in the log.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    external: [...natives, 'esbuild'],
    // CommonJS packages inside the bundle still call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

async function buildCatalog(folder: string): Promise<void> {
  const catalog = join(root, 'distro/catalog');
  for (const entry of await readdir(catalog, { withFileTypes: true })) {
    const from = join(catalog, entry.name);
    if (!entry.isDirectory() || !(await exists(join(from, 'recipe.json')))) continue;
    await prebundleRecipe(from, join(folder, entry.name));
  }
}

/** One copy per version on this disk; releases hold links to it. */
async function copyNode(runtimes: string, folder: string): Promise<void> {
  const kept = join(runtimes, `.node-${process.version}`);
  if (!(await exists(kept))) {
    await copyFile(process.execPath, `${kept}.making`, constants.COPYFILE_FICLONE);
    await chmod(`${kept}.making`, 0o755);
    await rename(`${kept}.making`, kept);
  }
  await link(kept, join(folder, 'node'));
}

async function copyNatives(folder: string): Promise<void> {
  const done = new Set<string>();
  const copy = async (name: string, from: string, optional: boolean): Promise<void> => {
    if (done.has(name)) return;
    const home = await findPackage(name, from);
    if (home === null) {
      if (optional) return;
      throw new Error(`Cannot find package ${name} from ${from}`);
    }
    done.add(name);
    await cp(home, join(folder, 'node_modules', name), { recursive: true, dereference: true });
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      await readFile(join(home, 'package.json'), 'utf8'),
    ) as {
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    for (const next of Object.keys(dependencies)) if (!(next in optionalDependencies)) await copy(next, home, false);
    for (const next of Object.keys(optionalDependencies)) await copy(next, home, true);
  };
  for (const name of natives) await copy(name, root, false);
}

/** Node's own search, without its built-in modules: some packages have their names. */
async function findPackage(name: string, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    if (await exists(join(home, 'package.json'))) return home;
    if (folder === dirname(folder)) return null;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
