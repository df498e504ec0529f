/** Plugin archives: proved whole before a byte of them is believed, then laid out in a folder of their own. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HearthError, largestPlugin, type PluginManifest, pluginManifest, pluginManifestFile } from '@hearth/contract';
import { type Archive, extract, openFile, pluginKind } from '@hearth/s9pk/node';
import { archivePath } from '@hearth/contract';
import { errors } from './errors.ts';

export interface PluginArchive {
  readonly manifest: PluginManifest;
  /** Hex. */
  readonly signer: string;
  readonly rootSighash: string;
  /** Lays it out; the folder must not exist. */
  layOut(folder: string): Promise<void>;
}

/** Bytes of the one script. */
const largestScript = 2 * 1024 * 1024;
const mostFiles = 200;

/** Opens, proves, and hands to `work`. Throws `plugins.archiveInvalid`, `plugins.archiveTooLarge`, `plugins.uploadMissing`. */
export async function withPluginArchive<T>(file: string, work: (archive: PluginArchive) => Promise<T>): Promise<T> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw errors.uploadMissing();
  if (found.size > largestPlugin) throw errors.archiveTooLarge({ limit: largestPlugin });
  const archive = await openFile(file, { kind: pluginKind }).catch(explain);
  try {
    const manifest = await prove(archive).catch(explain);
    return await work({
      manifest,
      signer: archive.signer,
      rootSighash: archive.commitment.rootSighash,
      layOut: (folder) => extract(archive, '', folder, { sync: true }),
    });
  } finally {
    await archive.close();
  }
}

async function prove(archive: Archive): Promise<PluginManifest> {
  const files = await archive.presentFiles();
  if (files.length > mostFiles) throw errors.archiveInvalid({ reason: `it holds more than ${mostFiles} files` });
  const odd = files.find(({ path }) => !archivePath.safeParse(path).success);
  if (odd !== undefined) throw errors.archiveInvalid({ reason: `the name of file "${odd.path}" is not allowed` });
  await archive.verifyAll();
  const bytes = await archive.read(pluginManifestFile, { limit: 256 * 1024 });
  const manifest = parseManifest(Buffer.from(bytes).toString('utf8'));
  const script = await archive.file(manifest.entry);
  if (script.size > largestScript)
    throw errors.archiveInvalid({ reason: `its script has more than ${largestScript} bytes` });
  if (manifest.panel !== undefined) await archive.file(manifest.panel.file);
  if (manifest.panel !== undefined && dirname(manifest.panel.file) === '.')
    throw errors.archiveInvalid({ reason: 'its page must stand in a folder of its own' });
  return manifest;
}

/** Throws `plugins.archiveInvalid` with the first thing that is wrong. */
export function parseManifest(text: string): PluginManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw errors.archiveInvalid({ reason: `${pluginManifestFile} is no JSON` }, error);
  }
  const result = pluginManifest.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw errors.archiveInvalid({
    reason: `${pluginManifestFile}: ${path === '' ? '' : `${path}: `}${issue?.message ?? ''}`,
  });
}

/** What the archive format says, as a reason of ours: its owner uploaded one file, and that was no good. */
function explain(error: unknown): never {
  const failure = HearthError.from(error);
  if (failure.code.startsWith('s9pk.')) throw errors.archiveInvalid({ reason: failure.message }, error);
  throw failure;
}
