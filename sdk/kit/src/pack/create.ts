/** A new package from the template, under a name of its own. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errors } from './errors.ts';

const templateId = 'hello-world';
const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Makes `folder`, whose last part is the package's id: small letters and digits in words joined by hyphens.
 *
 * @throws pack.idInvalid, pack.folderTaken
 */
export async function createPackage(folder: string, template: string): Promise<{ readonly id: string }> {
  const id = basename(folder);
  if (!idPattern.test(id)) throw errors.idInvalid({ id });
  const there = await readdir(folder).catch(() => []);
  if (there.length > 0) throw errors.folderTaken({ folder });
  await mkdir(folder, { recursive: true });
  await cp(template, folder, { recursive: true });
  const title = id.replaceAll(/(^|-)([a-z0-9])/g, (_, gap: string, letter: string) => {
    return `${gap === '' ? '' : ' '}${letter.toUpperCase()}`;
  });
  for (const name of ['recipe.json', 'package.ts', 'icon.svg']) {
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(templateId, id).replaceAll('Hello World', title));
  }
  await furnish(folder, id);
  return { id };
}

/** What belongs into every package besides what the template has. */
async function furnish(folder: string, id: string): Promise<void> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(join(folder, 'package.json'), json({ name: id, private: true, type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), json({ compilerOptions, include: ['*.ts'] }));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n*.s9pk\n');
  await linkKit(folder);
}

/**
 * Links what editors, Node and `npx` look for beneath `node_modules` to this checkout: the kit, Node's types, the command and
 * the compiler. What is there already stays; a link that leads nowhere any more is made anew.
 */
export async function linkKit(folder: string): Promise<void> {
  const kit = join(import.meta.dirname, '../..');
  // A release has no sources of the kit.
  if (!existsSync(join(kit, 'package.json'))) return;
  const root = join(kit, '../..');
  const links = {
    '@hearth/sdk': kit,
    '@types': join(root, 'node_modules/@types'),
    '.bin/hearth': join(root, 'sdk/cli/bin/hearth.mjs'),
    '.bin/tsc': join(root, 'node_modules/typescript7/bin/tsc'),
  };
  for (const [name, target] of Object.entries(links)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(path)) continue;
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await symlink(target, path);
  }
}

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};
