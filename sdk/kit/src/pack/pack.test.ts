import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseDeb822, parseList, printSource, rewriteSuite, sourcesFor } from './apt-sources.ts';
import { bundleScript, manifestOf, prebundleRecipe } from './bundle.ts';
import { packCommand } from './command.ts';
import type { PackEvent } from './events.ts';
import { imageHash } from './image.ts';
import { readOrMakeKey } from './key.ts';
import { packPackage } from './pack.ts';
import { readRecipe } from './recipe.ts';
import { squashFolder } from './squash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-kit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const deb822 = `# Debian
Types: deb
URIs: http://one.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://one.example/security
# a comment within
Suites:
 bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://off.example/
Suites: bookworm
Components: main

Types: deb
URIs: http://else.example/
Suites: bookworm
Components: main
Signed-By: /etc/apt/keyrings/else.asc
`;

describe('apt sources', () => {
  test('both styles are read', () => {
    expect(parseDeb822(deb822).map(({ suite }) => suite)).toEqual([
      'bookworm',
      'bookworm-updates',
      'bookworm-security',
      'bookworm',
    ]);
    expect(
      parseList(
        '# no\ndeb [arch=amd64 signed-by=/k.gpg] http://x/ bookworm main contrib # yes\ndeb-src http://x/ y z\n',
      ),
    ).toEqual([{ uri: 'http://x/', suite: 'bookworm', components: ['main', 'contrib'], signedBy: '/k.gpg' }]);
  });

  test('another suite comes from the same place, others than Debian stay out', () => {
    const lines = rewriteSuite(parseDeb822(deb822), 'bookworm', 'trixie', ['main']).map(printSource);
    const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
    expect(lines).toEqual([
      `deb ${key} http://one.example/debian trixie main`,
      `deb ${key} http://one.example/debian trixie-updates main`,
      `deb ${key} http://one.example/security trixie-security main`,
    ]);
    expect(rewriteSuite(parseDeb822(deb822), 'bookworm', 'sid', ['main'])).toHaveLength(1);
  });

  test('a machine without any says so', async () => {
    await expect(sourcesFor('bookworm', ['main'], folder)).rejects.toMatchObject({ code: 'pack.noSources' });
  });
});

const script = `
import { defineService } from '@hearth/sdk';
export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'hello', title: 'Hello', version: '1.0.0:0', releaseNotes: 'First', license: 'MIT',
    description: { short: 'Hello', long: 'Hello' }, packageRepo: 'https://example.com/', upstreamRepo: 'https://example.com/',
  },
  images: {}, volumes: ['data'], daemons: {}, backup: ['data'],
});
`;

async function recipe(changes: Record<string, string | null> = {}): Promise<string> {
  // Beneath the checkout, so that the script finds the kit.
  const made = join(
    import.meta.dirname,
    `../../node_modules/.test-${process.pid}-${Math.random().toString(36).slice(2)}`,
  );
  folders.push(made);
  await mkdir(made, { recursive: true });
  const files: Record<string, string | null> = {
    'recipe.json': '{"id": "hello", "images": {}}',
    'package.ts': script,
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'LICENSE.md': 'MIT',
    'instructions.md': '# Hello',
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) if (text !== null) await writeFile(join(made, name), text);
  return made;
}
const folders: string[] = [];
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

describe('recipes', () => {
  test.each([
    [{ 'recipe.json': null }, 'pack.noRecipe'],
    [{ 'recipe.json': '{' }, 'pack.recipeInvalid'],
    [{ 'recipe.json': '{"id": "Hello", "images": {}}' }, 'pack.recipeInvalid'],
    [{ 'recipe.json': '{"id": "hello", "images": {}, "immages": {}}' }, 'pack.recipeInvalid'],
    [{ 'icon.svg': null }, 'pack.fileMissing'],
    [{ 'instructions.md': null }, 'pack.fileMissing'],
    [{ 'package.ts': null }, 'pack.fileMissing'],
  ])('%j is refused', async (changes, code) => {
    await expect(recipe(changes).then(readRecipe)).rejects.toMatchObject({ code });
  });

  test('an image is known again by what it is made from', () => {
    const source = {
      suite: 'bookworm',
      components: ['main'],
      variant: 'essential' as const,
      packages: ['a'],
      excludes: [],
      setup: [],
    };
    expect(imageHash(source, 'x86_64')).toBe(imageHash({ ...source }, 'x86_64'));
    expect(imageHash(source, 'x86_64')).not.toBe(imageHash(source, 'aarch64'));
    expect(imageHash(source, 'x86_64')).not.toBe(imageHash({ ...source, packages: ['a', 'b'] }, 'x86_64'));
  });
});

describe('scripts', () => {
  test('a bundle is one CommonJS file that exports the ABI, with names kept', async () => {
    const { code, manifest } = await bundleScript(join(await recipe(), 'package.ts'));
    expect(manifest).toMatchObject({ id: 'hello', volumes: ['data'] });
    expect(code).toContain('module.exports');
    expect(code).toContain('exportInterfaces');
    expect(code).not.toContain('zod');
    // What only some packages need is theirs to import.
    expect(code).not.toContain('exportUrl');
    const required = [...code.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(new Set(required)).toEqual(new Set(['node:child_process', 'node:fs/promises']));
    expect(code.length).toBeLessThan(60_000);
  });

  test('one that does not build, throws or lacks an export is refused', async () => {
    const refused = { code: 'pack.scriptInvalid' };
    await expect(
      bundleScript(join(await recipe({ 'package.ts': 'export const x = ;' }), 'package.ts')),
    ).rejects.toMatchObject(refused);
    await expect(
      bundleScript(join(await recipe({ 'package.ts': 'throw new Error("no")' }), 'package.ts')),
    ).rejects.toMatchObject(refused);
    expect(() => manifestOf('module.exports = { manifest: {} }')).toThrow('does not export init');
  });
});

describe('packing', () => {
  test('a bundled recipe gives the same archive as its source, and twice the same', async () => {
    const from = await recipe();
    const bundled = join(folder, 'bundled');
    expect((await prebundleRecipe(from, bundled)).id).toBe('hello');
    expect((await readRecipe(bundled)).bundled).toBe(true);
    const key = await readOrMakeKey(join(folder, 'keys/build.pem'));
    const phases: string[] = [];
    const onEvent = (event: { type: string; name?: string }) => {
      if (event.type === 'phase') phases.push(event.name ?? '');
    };
    const packs = [];
    for (const source of [from, bundled, from]) {
      packs.push(
        await packPackage({ recipe: source, output: join(folder, 'hello.s9pk'), key, cache: folder, onEvent }),
      );
    }
    expect(new Set(packs.map(({ commitment }) => commitment.rootSighash)).size).toBe(1);
    expect(phases).toContain('Packing the script');
    await expect(
      packPackage({ recipe: from, output: join(folder, 'x'), key, architecture: 'riscv64', cache: folder }),
    ).resolves.toBeDefined();
  });

  test('the command tells everything as events, and answers the exit code', async () => {
    const told: PackEvent[] = [];
    const command = {
      recipe: await recipe(),
      out: join(folder, 'out.s9pk'),
      key: join(folder, 'k.pem'),
      cache: folder,
    };
    expect(await packCommand(command, (event) => told.push(event))).toBe(0);
    expect(told.at(-1)).toMatchObject({ type: 'packed', id: 'hello', version: '1.0.0:0' });
    expect(await packCommand({ ...command, recipe: folder }, (event) => told.push(event))).toBe(1);
    expect(told.at(-1)).toMatchObject({ type: 'failed', error: { code: 'pack.noRecipe' } });
    const cancelled = { ...command, signal: AbortSignal.abort() };
    expect(await packCommand(cancelled, (event) => told.push(event))).toBe(1);
    expect(told.at(-1)).toMatchObject({ type: 'failed', error: { code: 'pack.cancelled' } });
  });

  test('script and recipe must agree', async () => {
    const other = await recipe({ 'recipe.json': '{"id": "other", "images": {}}' });
    const key = await readOrMakeKey(join(folder, 'key.pem'));
    const request = { output: join(folder, 'x'), key, cache: folder };
    await expect(packPackage({ ...request, recipe: other })).rejects.toMatchObject({ code: 'pack.manifestDisagrees' });
  });

  test('a key is made once, and only its owner reads it', async () => {
    const path = join(folder, 'key.pem');
    const [first, second] = [await readOrMakeKey(path), await readOrMakeKey(path)];
    expect(second.publicKey).toEqual(first.publicKey);
    expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test('folders with odd names become squashfs, the same each time', async () => {
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'a folder'), { recursive: true });
    await writeFile(join(tree, 'a folder/q"uote'), 'x');
    await writeFile(join(tree, 'plain'), 'y');
    await squashFolder(tree, join(folder, 'one'));
    await squashFolder(tree, join(folder, 'two'));
    expect((await readFile(join(folder, 'one'))).equals(await readFile(join(folder, 'two')))).toBe(true);
  });
});
