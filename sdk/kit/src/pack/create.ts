/** A new package from the template, under a name of its own. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
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
  return { id };
}
