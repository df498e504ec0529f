/**
 * Packages whose real images are only in a registry: their scripts are packed here with an image that stands in for the
 * real one, and the archive is read as a box reads it. (The types of all scripts are checked with the rest of the tree.)
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MemorySource, openArchive, packageFiles } from '@hearth/s9pk';
import { packPackage, readOrMakeKey, readRecipe } from '@hearth/sdk/pack';

const catalog = join(import.meta.dirname, '..');
const named = await imagesOfRegistries();

/** Images by the recipes that take them from a registry. */
async function imagesOfRegistries(): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  for (const entry of await readdir(catalog, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const recipe = await readRecipe(join(catalog, entry.name)).catch(() => null);
    const images = Object.entries(recipe?.images ?? {}).flatMap(([name, { source }]) =>
      'image' in source ? [[name, source.image] as const] : [],
    );
    if (images.length > 0) found.set(entry.name, Object.fromEntries(images));
  }
  return found;
}

let folder: string;
let standIn: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-stand-in-'));
  await mkdir(join(folder, 'tree/etc'), { recursive: true });
  await writeFile(join(folder, 'tree/etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  standIn = join(folder, 'rootfs.tar');
  execFileSync('tar', ['-C', join(folder, 'tree'), '--owner=0', '--group=0', '--numeric-owner', '-cf', standIn, '.']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('there is one for each service that Debian does not have', () => {
  expect([...named.keys()].sort()).toEqual(['btcpay', 'lnd', 'nextcloud', 'simplex', 'vaultwarden']);
  for (const images of named.values())
    for (const reference of Object.values(images)) expect(reference).toMatch(/^[a-z]+\/[a-z-]+:v?\d+[\w.-]*$/);
});

describe.each([...named])('%s', (id, images) => {
  test('is packed, signed and whole', async () => {
    const recipe = join(folder, id);
    await cp(join(catalog, id), recipe, { recursive: true });
    await cp(standIn, join(recipe, 'rootfs.tar'));
    const made = Object.fromEntries(Object.keys(images).map((name) => [name, { source: { rootfs: 'rootfs.tar' } }]));
    await writeFile(join(recipe, 'recipe.json'), JSON.stringify({ id, script: 'package.ts', images: made }));
    const key = await readOrMakeKey(join(folder, 'key.pem'));
    const output = join(folder, `${id}.s9pk`);
    await packPackage({ recipe, output, key, cache: folder });
    const archive = await openArchive(new MemorySource(await readFile(output)));
    await archive.verifyAll();
    const manifest = JSON.parse(Buffer.from(await archive.manifest()).toString()) as {
      readonly id: string;
      readonly images: object;
    };
    expect(manifest.id).toBe(id);
    expect(Object.keys(manifest.images).sort()).toEqual(Object.keys(images).sort());
    const { warnings } = await packageFiles(archive, 'x86_64');
    // Assets are for those who have some.
    expect(warnings.filter((warning) => !warning.startsWith('assets.'))).toEqual([]);
  });
});
