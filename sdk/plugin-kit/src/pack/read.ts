/** The folder of a plugin as its author keeps it. */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { archivePath, type PluginManifest, pluginManifest, pluginManifestFile } from '@hearth/contract';
import { bundle } from './bundle.ts';
import { errors } from './errors.ts';

/** Throws `pluginKit.manifestMissing`, `pluginKit.manifestInvalid` with the first thing that is wrong. */
export async function readManifest(folder: string): Promise<PluginManifest> {
  const file = join(folder, pluginManifestFile);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw errors.manifestMissing({ file, folder }, cause);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw errors.manifestInvalid({ reason: (cause as Error).message }, cause);
  }
  const result = pluginManifest.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw errors.manifestInvalid({ reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}

/** Everything an archive of the plugin holds, by path. TypeScript becomes the JavaScript of the same name. */
export async function readTree(
  folder: string,
): Promise<{ readonly manifest: PluginManifest; readonly tree: ReadonlyMap<string, Uint8Array> }> {
  const source = await readManifest(folder);
  const manifest = {
    ...source,
    entry: 'index.js',
    ...(source.panel && { panel: { ...source.panel, file: builtName(source.panel.file) } }),
  };
  const tree = new Map<string, Uint8Array>([
    [pluginManifestFile, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
    ['index.js', Buffer.from(await bundle(join(folder, source.entry), 'plugin'))],
  ]);
  if (source.panel !== undefined) await addPanel(folder, dirname(source.panel.file), tree);
  for (const name of ['README.md', 'LICENSE.md']) {
    const text = await readFile(join(folder, name)).catch(() => null);
    if (text !== null) tree.set(name, text);
  }
  return { manifest, tree };
}

async function addPanel(folder: string, panel: string, tree: Map<string, Uint8Array>): Promise<void> {
  for (const entry of await readdir(join(folder, panel), { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file);
    if (!entry.isFile()) throw errors.fileOdd({ file: path, reason: 'it is no plain file' });
    if (!archivePath.safeParse(path).success) throw errors.fileOdd({ file: path, reason: 'its name is not allowed' });
    const built = builtName(path);
    tree.set(built, built === path ? await readFile(file) : Buffer.from(await bundle(file, 'panel')));
  }
}

function builtName(path: string): string {
  return path.replace(/\.ts$/, '.js');
}
