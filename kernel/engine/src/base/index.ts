/** Builds the root tree every service container shares: a small Debian with crun, tini and rsync, ids from 0. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { machine } from 'node:os';
import { join } from 'node:path';
import { run } from '../system/run.ts';
import { baseFiles, baseFolders, basePackages, excludedPaths, recipeHash, startContainer } from './recipe.ts';
import { remember, remembered } from './remembered.ts';
import { debianSources, fetchOptions } from './sources.ts';

export interface BaseOptions {
  /** Built archives are kept here by the hash of their recipe: `/var/cache/hearth`. */
  readonly cacheFolder: string;
  /** Folder of unpacked trees: `<data>/base`. */
  readonly destination: string;
  readonly progress?: (step: { readonly stage: 'packages' | 'unpack'; readonly bytes: number }) => void;
  readonly signal?: AbortSignal;
}

export interface Base {
  /** `<destination>/<hash>`, for `EngineConfig.base`. */
  readonly path: string;
  readonly hash: string;
}

/**
 * Answers the tree of today's recipe, building what is missing: the archive (about 20 s and a network), then the tree
 * (2 s). Needs root. Two callers at once do no harm: both build aside and rename.
 */
export async function buildBase(options: BaseOptions): Promise<Base> {
  const known = await remembered(options.destination);
  if (known !== null && (await exists(join(options.destination, known)))) {
    return { path: join(options.destination, known), hash: known };
  }
  const sources = await debianSources();
  const hash = recipeHash(sources, machine());
  const path = join(options.destination, hash);
  if (!(await exists(path))) await unpack(await buildArchive(hash, sources, options), path, options);
  await remember(options.destination, hash);
  return { path, hash };
}

async function buildArchive(hash: string, sources: readonly string[], options: BaseOptions): Promise<string> {
  const archive = join(options.cacheFolder, `base-${hash}.tar`);
  if (await exists(archive)) return archive;
  await mkdir(options.cacheFolder, { recursive: true, mode: 0o755 });
  const partial = `${archive}.${process.pid}.partial`;
  const timer = setInterval(() => {
    void size(partial).then((bytes) => options.progress?.({ stage: 'packages', bytes }));
  }, 500);
  try {
    await run('mmdebstrap', await bootstrapArguments(partial, sources), {
      timeoutMs: 30 * 60_000,
      signal: options.signal,
      environment: { TMPDIR: options.cacheFolder },
    });
    await rename(partial, archive);
    return archive;
  } finally {
    clearInterval(timer);
    await rm(partial, { force: true });
  }
}

async function bootstrapArguments(target: string, sources: readonly string[]): Promise<string[]> {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  return [
    '--quiet',
    '--mode=root',
    '--format=tar',
    '--variant=essential',
    ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=Apt::Install-Recommends "0"',
    ...(await fetchOptions()).map((option) => `--aptopt=${option}`),
    `--include=${basePackages.join(',')}`,
    suite,
    target,
    ...sources,
  ];
}

async function unpack(archive: string, path: string, options: BaseOptions): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  options.progress?.({ stage: 'unpack', bytes: await size(archive) });
  try {
    await mkdir(partial, { recursive: true, mode: 0o755 });
    // Device nodes have no use: every container gets its own /dev.
    const args = ['--extract', '--file', archive, '--directory', partial, '--numeric-owner', '--exclude=./dev/*'];
    await run('tar', args, { timeoutMs: 10 * 60_000, signal: options.signal });
    await complete(partial);
    await rename(partial, path).catch(async (cause: unknown) => {
      if (!(await exists(path))) throw cause;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** What is ours in the tree. It was just unpacked from Debian's own packages, so plain paths are safe. */
async function complete(root: string): Promise<void> {
  for (const folder of baseFolders) await mkdir(join(root, folder), { recursive: true, mode: 0o755 });
  for (const file of baseFiles) {
    await rm(join(root, file), { force: true });
    await writeFile(join(root, file), '');
  }
  await writeFile(join(root, 'usr/bin/start-container'), startContainer, { mode: 0o755 });
  // Nothing in a service's own container has to become another user than it is.
  await run('find', [root, '-xdev', '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'a-s', '{}', '+']);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function size(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
export { debianSources, fetchOptions } from './sources.ts';
