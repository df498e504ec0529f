/** Bundles an example package as its author would: `ncc build startos/index.ts`. Usage: node build.mjs NAME OUTPUT_FOLDER */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ncc from '@vercel/ncc';

export async function buildPackage(name, folder) {
  const entry = join(import.meta.dirname, name, 'startos/index.ts');
  const { code } = await ncc(entry, { quiet: true, transpileOnly: true, cache: false });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.js'), code);
}

if (process.argv[1] === import.meta.filename) await buildPackage(process.argv[2], process.argv[3]);
