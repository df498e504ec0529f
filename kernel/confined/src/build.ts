/** Builds the folder a release keeps for confined plugins: `confined/`. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const source = import.meta.dirname;

/** Writes `main.mjs`, `inside.js`, `isolated-vm.node` and `confine.pl`. Throws where this machine has no built isolated-vm. */
export async function buildConfined(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    build({
      entryPoints: [join(source, 'main.ts')],
      outfile: join(folder, 'main.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      logLevel: 'error',
    }),
    writeInside(join(folder, 'inside.js')),
    copyFile(nativePart(), join(folder, 'isolated-vm.node')),
    copyFile(join(source, 'confine.pl'), join(folder, 'confine.pl')),
  ]);
}

/** One expression whose value are its exports, as plain properties: see main.ts. */
async function writeInside(file: string): Promise<void> {
  const made = await build({
    entryPoints: [join(source, 'inside.ts')],
    write: false,
    bundle: true,
    platform: 'neutral',
    format: 'iife',
    globalName: '__inside',
    target: 'es2023',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  await writeFile(
    file,
    `(function () { "use strict"; ${made.outputFiles[0]?.text ?? ''}; return { ...__inside }; })()`,
  );
}

/** Of the built binaries the one for this Node; copied alone, since the package carries those of every system. */
function nativePart(): string {
  const home = dirname(createRequire(import.meta.url).resolve('isolated-vm/package.json'));
  const name = `isolated-vm.abi${process.versions.modules}.glibc.node`;
  return join(home, 'prebuilds', `linux-${process.arch}`, name);
}
