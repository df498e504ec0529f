/** @hearth/plugin-kit/pack: from a folder to a signed archive. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PluginManifest } from '@hearth/contract';
import { packArchive, pluginKind, type SigningKey } from '@hearth/s9pk/node';
import { errors } from './errors.ts';
import { readTree } from './read.ts';

export { readManifest } from './read.ts';
export { testPlugin } from './test.ts';

export interface Packed {
  readonly file: string;
  readonly manifest: PluginManifest;
  readonly rootSighash: string;
  /** Bytes. */
  readonly size: number;
}

/** Builds and signs. The same folder and key make the same archive. */
export async function packPlugin(folder: string, file: string, key: SigningKey): Promise<Packed> {
  const { manifest, tree } = await readTree(folder);
  const { commitment, size } = await packArchive(tree, file, { key, kind: pluginKind });
  return { file, manifest, rootSighash: commitment.rootSighash, size };
}

const templateId = 'hello-garden';
const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Makes `folder`, whose last part is the id of the plugin. Throws `pluginKit.idInvalid`, `pluginKit.folderTaken`. */
export async function createPlugin(folder: string, template: string): Promise<{ readonly id: string }> {
  const id = basename(folder);
  if (!idPattern.test(id) || id.length > 40) throw errors.idInvalid({ id });
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) throw errors.folderTaken({ folder });
  await mkdir(folder, { recursive: true });
  await cp(template, folder, { recursive: true });
  const title = id.replaceAll(/(^|-)([a-z0-9])/g, (_, gap: string, letter: string) => {
    return `${gap === '' ? '' : ' '}${letter.toUpperCase()}`;
  });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(templateId, id).replaceAll('Hello Garden', title));
  }
  return { id };
}
