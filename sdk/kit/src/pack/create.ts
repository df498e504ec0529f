/** A new package from the template, under a name of its own. */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

/** What editors, Node and `npx` need to find the kit, the command and the compiler of this checkout from wherever the package is. */
async function furnish(folder: string, id: string): Promise<void> {
  const kit = join(import.meta.dirname, '../..');
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(join(folder, 'package.json'), json({ name: id, private: true, type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), json({ compilerOptions, include: ['*.ts'] }));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n*.s9pk\n');
  await mkdir(join(folder, 'node_modules/@hearth'), { recursive: true });
  await symlink(kit, join(folder, 'node_modules/@hearth/sdk'));
  const root = join(kit, '../..');
  // Node's own types, for the test.
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  await mkdir(join(folder, 'node_modules/.bin'));
  await symlink(join(root, 'sdk/cli/bin/hearth.mjs'), join(folder, 'node_modules/.bin/hearth'));
  await symlink(join(root, 'node_modules/typescript7/bin/tsc'), join(folder, 'node_modules/.bin/tsc'));
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
