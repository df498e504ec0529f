import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { manifest as manifestSchema } from '@hearth/contract';
import { keyFromSeed } from '@hearth/s9pk';
import { extract, openFile } from '@hearth/s9pk/node';
import { bundleScript, prebundleRecipe } from './bundle.ts';
import { createPackage } from './create.ts';
import { packPackage } from './pack.ts';
import { readRecipe } from './recipe.ts';

const root = resolve(import.meta.dirname, '../../../..');
const template = join(root, 'sdk/template');
let work: string;
beforeAll(async () => {
  // Within the tree, where packages find the kit.
  await mkdir(join(root, 'out'), { recursive: true });
  work = await mkdtemp(join(root, 'out/create-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

test('a new package is whole, small, and bears its own name', async () => {
  const folder = join(work, 'tea-timer');
  expect(await createPackage(folder, template)).toEqual({ id: 'tea-timer' });
  const recipe = await readRecipe(folder);
  const { manifest, code } = await bundleScript(join(folder, recipe.script));
  expect(manifestSchema.parse(manifest)).toMatchObject({ id: 'tea-timer', title: 'Tea Timer' });
  expect(recipe.id).toBe('tea-timer');
  expect(code.length).toBeLessThan(60_000);
  const lines = (await readFile(join(folder, 'package.ts'), 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(30);
});

test('an image may be a tree from a tar: packed with its owners, kept by what is in it, twice the same', async () => {
  const folder = join(work, 'from-tar');
  await createPackage(folder, template);
  const tree = join(work, 'tree');
  await mkdir(join(tree, 'etc'), { recursive: true });
  await writeFile(join(tree, 'etc/greeting'), 'hello');
  const owner = ['--owner=7', '--group=8', '--mtime=@1000000000', '--sort=name'];
  execFileSync('tar', ['c', ...owner, '-C', tree, '-f', join(folder, 'tree.tar'), '.']);
  const recipe = JSON.parse(await readFile(join(folder, 'recipe.json'), 'utf8'));
  recipe.images.main.source = { rootfs: 'tree.tar' };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
  const key = keyFromSeed(new Uint8Array(32).fill(7));
  const pack = (name: string) =>
    packPackage({ recipe: folder, output: join(work, name), key, cache: join(work, `cache-${name}`) });
  const [one, two] = [await pack('one.s9pk'), await pack('two.s9pk')];
  expect(one.commitment).toEqual(two.commitment);
  const archive = await openFile(one.file);
  const [image] = (await archive.list()).filter(({ path }) => path.endsWith('/main.squashfs'));
  await extract(archive, image!.path, join(work, 'main.squashfs'));
  await archive.close();
  const listed = execFileSync('sh', ['-c', `sqfs2tar ${join(work, 'main.squashfs')} | tar tvn --numeric-owner`], {
    encoding: 'utf8',
  });
  expect(listed).toMatch(/7\/8\s+5 .*etc\/greeting/);

  // A folder is everybody's alike: of root, of one time, the same twice.
  await cp(tree, join(folder, 'tree'), { recursive: true });
  recipe.images.main.source = { rootfs: 'tree' };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
  const three = await pack('three.s9pk');
  await utimes(join(folder, 'tree/etc/greeting'), 1, 1);
  expect((await pack('four.s9pk')).commitment).toEqual(three.commitment);

  recipe.images.main.source = { rootfs: '../tree/etc/greeting' };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
  await expect(readRecipe(folder)).rejects.toMatchObject({ code: 'pack.recipeInvalid' });
  await symlink(join(tree, 'etc/greeting'), join(folder, 'outside.tar'));
  recipe.images.main.source = { rootfs: 'outside.tar' };
  await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
  await expect(readRecipe(folder)).rejects.toMatchObject({ code: 'pack.rootfsInvalid' });
}, 60_000);

test('paths may name the architecture; what a recipe cannot mean is refused', async () => {
  const folder = join(work, 'by-machine');
  await createPackage(folder, template);
  const write = (source: object) =>
    writeFile(join(folder, 'recipe.json'), JSON.stringify({ id: 'by-machine', images: { main: { source } } }));
  await mkdir(join(folder, 'x86_64'));
  await writeFile(join(folder, 'x86_64/hello'), 'hello');
  await write({ rootfs: '{arch}' });
  const key = keyFromSeed(new Uint8Array(32).fill(7));
  const pack = (architecture: string) =>
    packPackage({
      recipe: folder,
      output: join(work, `${architecture}.s9pk`),
      key,
      cache: join(work, 'cache'),
      architecture,
    });
  await expect(pack('x86_64')).resolves.toMatchObject({ id: 'by-machine' });
  await expect(pack('aarch64')).rejects.toMatchObject({ code: 'pack.rootfsInvalid' });
  const bundled = join(work, 'bundled');
  await prebundleRecipe(folder, bundled);
  expect(await readFile(join(bundled, 'x86_64/hello'), 'utf8')).toBe('hello');
  for (const source of [
    { oci: '/etc/passwd' },
    { oci: 'a/../../b' },
    { dockerfile: 'Dockerfile' },
    { image: 'no-host' },
    { image: 'host/name; rm -rf /' },
    { npm: ['semver'] },
    { npm: ['semver@^7.0.0'] },
    { npm: ['--registry=x@1.0.0'] },
    { npm: ['a@1.0.0'], debian: { suite: '../x', packages: [] } },
  ]) {
    await write(source);
    await expect(readRecipe(folder)).rejects.toMatchObject({ code: 'pack.recipeInvalid' });
  }
}, 60_000);

test('nothing that is there is written over, and no name that a package cannot have is taken', async () => {
  const folder = join(work, 'coffee');
  await createPackage(folder, template);
  await expect(createPackage(folder, template)).rejects.toMatchObject({ code: 'pack.folderTaken' });
  await expect(createPackage(join(work, 'Bad_Name'), template)).rejects.toMatchObject({ code: 'pack.idInvalid' });
});
