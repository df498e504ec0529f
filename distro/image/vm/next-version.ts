/** The next version of a service that the image carries: the same but for its number. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../daemon/src/run.ts';

/** `built` is the folder of the image, `folder` gets the archive. */
export async function packNextVersion(
  built: string,
  id: string,
  folder: string,
): Promise<{ readonly archive: string; readonly version: string }> {
  const [release = ''] = (await readdir(join(built, 'runtime'))).filter((name) => !name.startsWith('.'));
  const home = join(built, 'runtime', release);
  const recipe = join(folder, 'next-version');
  await cp(join(home, 'catalog', id), recipe, { recursive: true });
  const manifest = join(recipe, 'script/manifest.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const next = version.replace(/\d+$/, (last) => String(Number(last) + 1));
  for (const file of [manifest, join(recipe, 'script/index.js')]) {
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes(version), file);
    await writeFile(file, text.replaceAll(version, next));
  }
  const archive = join(folder, `${id}.s9pk`);
  const key = join(built, 'developer.key.pem');
  const command = ['package', 'pack', recipe, '--key', key, '--cache', '/var/cache/hearth', '--out', archive];
  await run(join(home, 'node'), [join(home, 'hearth.mjs'), ...command]);
  return { archive, version: next };
}
