/** Publishing: a registry is a folder, `index.json` and the archives; this keeps both in step. */
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifest as manifestSchema } from '@hearth/contract';
import { hex } from '@hearth/s9pk';
import { openFile } from '@hearth/s9pk/node';
import { errors } from './errors.ts';

export interface PublishOptions {
  /** What the registry calls itself; kept if it has a name already. */
  readonly name?: string;
  readonly categories?: readonly string[];
  /** Milliseconds since 1970; now unless told. */
  readonly publishedAt?: number;
}

/** What is listed now. */
export interface Published {
  readonly id: string;
  readonly version: string;
  /** The archive, in the folder of the registry. */
  readonly archive: string;
}

interface Listed {
  urls: string[];
  size: number;
  arch: string[];
  commitment: { rootSighash: string; rootMaxsize: number };
  signatures: Record<string, string>;
}
interface Index {
  format: 1;
  name: string;
  packages: Record<
    string,
    Record<string, unknown> & {
      versions: Record<string, { releaseNotes: unknown; publishedAt: number; archives: Listed[] }>;
    }
  >;
}

/**
 * Proves the archive, copies it into the folder, which is made if it is not there, and lists it. An archive of the same
 * version and architectures is replaced.
 *
 * @throws pack.registryInvalid, and what is wrong with the archive
 */
export async function publishToFolder(file: string, folder: string, options: PublishOptions = {}): Promise<Published> {
  const archive = await openFile(file);
  try {
    await archive.verifyAll();
    const manifest = manifestSchema.parse(JSON.parse(new TextDecoder().decode(await archive.manifest())));
    const arch = [...(manifest.hardwareRequirements.arch ?? Object.values(manifest.images)[0]?.arch ?? [])].sort();
    const name = `${manifest.version.replaceAll(':', '_').replaceAll('#', '')}-${arch.join('-')}.s9pk`;
    const index = await readIndex(folder, options.name);
    await mkdir(join(folder, manifest.id), { recursive: true }).catch((cause: unknown) => {
      throw errors.registryInvalid({ folder, reason: `no folder can be made in it (${codeOf(cause)})` }, cause);
    });
    await copyFile(file, join(folder, manifest.id, name));
    const before = index.packages[manifest.id];
    const older = before?.versions[manifest.version];
    const listed: Listed = {
      urls: [`${manifest.id}/${name}`],
      size: archive.source.size,
      arch,
      commitment: { ...archive.commitment },
      signatures: { [archive.signer]: hex(archive.header.signature) },
    };
    const { title, description, license, upstreamRepo, packageRepo, marketingUrl, dependencies } = manifest;
    index.packages[manifest.id] = {
      ...{ title, description, license, upstreamRepo, packageRepo, marketingUrl, dependencies },
      icon: await iconOf(archive),
      categories: options.categories ?? before?.['categories'] ?? [],
      versions: {
        ...before?.versions,
        [manifest.version]: {
          releaseNotes: manifest.releaseNotes,
          publishedAt: options.publishedAt ?? older?.publishedAt ?? Date.now(),
          archives: [...(older?.archives ?? []).filter((one) => one.arch.join() !== arch.join()), listed],
        },
      },
    };
    await writeFile(join(folder, 'index.json.part'), `${JSON.stringify(index, null, 2)}\n`);
    await rename(join(folder, 'index.json.part'), join(folder, 'index.json'));
    return { id: manifest.id, version: manifest.version, archive: `${manifest.id}/${name}` };
  } finally {
    await archive.close();
  }
}

async function readIndex(folder: string, name: string | undefined): Promise<Index> {
  const text = await readFile(join(folder, 'index.json'), 'utf8').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return null;
    throw errors.registryInvalid({ folder, reason: `its index.json cannot be read (${codeOf(cause)})` }, cause);
  });
  if (text === null) return { format: 1, name: name ?? 'Registry', packages: {} };
  const index = parsed(folder, text);
  return { ...index, name: name ?? index.name };
}

function parsed(folder: string, text: string): Index {
  try {
    const index = JSON.parse(text) as Partial<Index> | null;
    if (index?.format === 1 && typeof index.packages === 'object') return index as Index;
  } catch (cause) {
    throw errors.registryInvalid({ folder, reason: `its index.json is not JSON: ${String(cause)}` }, cause);
  }
  throw errors.registryInvalid({ folder, reason: 'its index.json is not that of a registry' });
}

const codeOf = (cause: unknown): string => String((cause as { code?: unknown } | null)?.code);

const types: Readonly<Record<string, string>> = { svg: 'svg+xml', png: 'png', webp: 'webp', jpg: 'jpeg', jpeg: 'jpeg' };

async function iconOf(archive: Awaited<ReturnType<typeof openFile>>): Promise<string | null> {
  const path = (await archive.list()).map((item) => item.path).find((one) => /^icon\.[a-z]+$/.test(one));
  const type = types[path?.split('.').at(-1) ?? ''];
  if (path === undefined || type === undefined) return null;
  const bytes = await archive.read(path, { limit: 140_000 }).catch((cause: unknown) => {
    throw errors.fileMissing({ folder: 'package', file: 'icon of at most 140 kB' }, cause);
  });
  return `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
