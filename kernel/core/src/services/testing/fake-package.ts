/** Signed archives of very small packages. */
import type { Manifest } from '@hearth/contract';
import { generateKey, hex, packArchive, type SigningKey } from '@hearth/s9pk/node';

export interface PackageOptions {
  readonly manifest?: Partial<Manifest>;
  readonly key?: SigningKey;
  readonly architecture?: string;
}

export function manifestOf(id: string, change: Partial<Manifest> = {}): Record<string, unknown> {
  return {
    id,
    version: '1.0:0',
    canMigrateTo: '!',
    canMigrateFrom: '*',
    title: `The ${id}`,
    description: { short: 'short', long: 'long' },
    releaseNotes: 'none',
    license: 'MIT',
    upstreamRepo: 'https://example.com/',
    images: { main: { source: 'packed', arch: ['x86_64'], emulateMissingAs: null } },
    volumes: ['main'],
    ...change,
  };
}

/** @returns what a registry would vouch for */
export async function makePackage(
  path: string,
  id: string,
  options: PackageOptions = {},
): Promise<{ rootSighash: string; rootMaxsize: number; signer: string }> {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const folder = `images/${options.architecture ?? 'x86_64'}`;
  const manifest = manifestOf(id, options.manifest);
  const key = options.key ?? generateKey();
  const tree = new Map([
    ['manifest.json', text(JSON.stringify(manifest))],
    ['icon.svg', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['LICENSE.md', text('MIT')],
    ['instructions.md', text('none needed')],
    ['javascript.squashfs', text(`script of ${String(manifest['version'])}`)],
    ['assets.squashfs', text('assets')],
    [`${folder}/main.squashfs`, text(`image of ${String(manifest['version'])} `.repeat(1000))],
    [`${folder}/main.json`, text('{"workdir":"/","user":"root"}')],
    [`${folder}/main.env`, text('PATH=/bin')],
  ]);
  const written = await packArchive(tree, path, { key, sync: false });
  return { ...written.commitment, signer: hex(key.publicKey) };
}
