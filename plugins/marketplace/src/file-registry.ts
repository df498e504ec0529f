/** Registries made of files: a folder of this machine, or the same folder behind HTTP. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { HearthError } from '@hearth/contract';
import { orderVersions } from '@hearth/exver';
import { errors } from './errors.ts';
import type { Offer, Registry } from './offer.ts';
import { type RegistryIndex, registryIndex } from './registry-index.ts';

const maximumIndex = 32 * 1024 * 1024;
const patienceMs = 15_000;

export function fileRegistry(url: string, options: { readonly fixed: boolean; readonly name?: string }): Registry {
  return {
    url,
    fixed: options.fixed,
    name: async () => options.name ?? (await readIndex(url, options.fixed, AbortSignal.timeout(patienceMs))).name,
    async offers(signal) {
      const index = await readIndex(url, options.fixed, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
      return Object.entries(index.packages).map(([id, listed]) => offerOf(id, listed));
    },
  };
}

function offerOf(id: string, listed: RegistryIndex['packages'][string]): Offer {
  const versions = Object.entries(listed.versions)
    .sort(([a], [b]) => orderVersions(b, a))
    .map(([version, { releaseNotes, publishedAt, archives }]) => ({
      version,
      releaseNotes,
      publishedAt,
      origin: { kind: 'archive' as const, archives },
    }));
  return { ...listed, id, versions };
}

/** A folder of this server that holds nothing yet is an empty registry. */
async function readIndex(url: string, fixed: boolean, signal: AbortSignal): Promise<RegistryIndex> {
  const address = new URL('index.json', url);
  const text = address.protocol === 'file:' ? await readFileAt(address, fixed) : await download(address, signal);
  if (text === null) return { format: 1, name: 'This server', packages: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw errors.registryInvalid({ url, reason: 'index.json is not JSON' }, cause);
  }
  const parsed = registryIndex.safeParse(value);
  if (parsed.success) return refuseBadVersions(url, parsed.data);
  const [issue] = parsed.error.issues;
  throw errors.registryInvalid({ url, reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` });
}

function refuseBadVersions(url: string, index: RegistryIndex): RegistryIndex {
  try {
    for (const version of Object.values(index.packages).flatMap(({ versions }) => Object.keys(versions))) {
      orderVersions(version, version);
    }
    return index;
  } catch (cause) {
    throw errors.registryInvalid({ url, reason: 'a version in it cannot be read' }, cause);
  }
}

async function readFileAt(address: URL, fixed: boolean): Promise<string | null> {
  const path = fileURLToPath(address);
  const found = await stat(path).catch(() => null);
  if (found === null) {
    if (fixed) return null;
    throw errors.registryUnreachable({ url: address.href, reason: 'there is no such file' });
  }
  if (found.size > maximumIndex) throw errors.registryInvalid({ url: address.href, reason: 'it is too large' });
  return readFile(path, 'utf8');
}

async function download(address: URL, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(address, { signal, headers: { accept: 'application/json' } });
    if (!response.ok) throw errors.registryUnreachable({ url: address.href, reason: `HTTP ${response.status}` });
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > maximumIndex) throw errors.registryInvalid({ url: address.href, reason: 'it is too large' });
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    if (HearthError.is(error)) throw error;
    throw errors.registryUnreachable({ url: address.href, reason: reasonOf(error) }, error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${patienceMs / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Where an archive of a registry is; a file must lie within the registry's own folder, links resolved. */
export async function archiveAddress(registry: string, url: string): Promise<URL> {
  const address = new URL(url, registry);
  if (address.protocol !== 'file:') {
    if (address.protocol === 'https:' || address.protocol === 'http:') return address;
    throw errors.registryInvalid({ url: registry, reason: `${url} is no address of an archive` });
  }
  const outside = () => errors.registryInvalid({ url: registry, reason: `${url} is outside of it` });
  if (!registry.startsWith('file:')) throw outside();
  const folder = await realpath(fileURLToPath(new URL('.', registry)));
  const file = await realpath(fileURLToPath(address)).catch((cause: unknown) => {
    throw errors.registryUnreachable({ url: address.href, reason: 'there is no such file' }, cause);
  });
  if (!file.startsWith(`${folder}/`)) throw outside();
  return address;
}
