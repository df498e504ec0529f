/** What a version would bring, without bringing it: the head of its archive, in a few reads of parts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageSource } from '@hearth/contract';
import { HearthError, type Manifest, manifest as manifestSchema } from '@hearth/contract';
import { type Archive, openArchive, openFile, HttpSource } from '@hearth/s9pk/node';
import { errors } from './errors.ts';
import { archiveAddress } from './file-registry.ts';
import type { RegistryArchive } from './registry-index.ts';

type Looked = Awaited<ReturnType<NonNullable<PackageSource['look']>>>;

/** Mirrors are tried in turn. @throws what the last of them failed of; marketplace.signerUnlisted */
export async function lookAtArchive(registry: string, listed: RegistryArchive, signal: AbortSignal): Promise<Looked> {
  const archive = await openFirst(registry, listed, signal);
  try {
    if (!Object.hasOwn(listed.signatures, archive.signer)) throw errors.signerUnlisted({ found: archive.signer });
    const { size } = archive.source;
    return { manifest: await manifestOf(archive, signal), ...archive.commitment, bytes: size, fetch: size };
  } finally {
    await archive.close();
  }
}

/** Made here: what it takes is not known before. */
export async function lookAtRecipe(folder: string): Promise<Looked> {
  const text = await readFile(join(folder, 'script/manifest.json'), 'utf8');
  return { manifest: manifestSchema.parse(JSON.parse(text)), rootSighash: null, bytes: 0, fetch: 0 };
}

async function openFirst(registry: string, listed: RegistryArchive, signal: AbortSignal): Promise<Archive> {
  const options = { commitment: listed.commitment, tree: 'root', signal } as const;
  let failure: unknown = null;
  for (const url of listed.urls) {
    const address = await archiveAddress(registry, url);
    try {
      return address.protocol === 'file:'
        ? await openFile(fileURLToPath(address), options)
        : await openRemote(address.href, options);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function openRemote(url: string, options: Parameters<typeof openArchive>[1]): Promise<Archive> {
  const source = await HttpSource.open(url, options?.signal === undefined ? {} : { signal: options.signal });
  try {
    return await openArchive(source, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function manifestOf(archive: Archive, signal: AbortSignal): Promise<Manifest> {
  const bytes = await archive.manifest(signal);
  try {
    return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const { message } = HearthError.from(cause);
    throw errors.manifestUnreadable({ reason: message.slice(0, 200) }, cause);
  }
}
