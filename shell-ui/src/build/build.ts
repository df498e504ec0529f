/** Builds the web interface into static files: `index.html` at the top, everything else hashed beneath `assets/`. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { indexPage, manifest } from './page.ts';
import { buildSprite } from './sprite.ts';

const source = join(import.meta.dirname, '..');

export interface BuiltUi {
  /** Paths beneath the folder, `/`-separated. */
  readonly files: readonly string[];
  /** Of all files together. */
  readonly bytes: number;
}

/**
 * Replaces what `outdir` holds with a fresh build.
 *
 * Every file under `assets/` has its hash in its name and may be cached for ever; the rest (`index.html`,
 * `manifest.webmanifest`, `favicon.svg`) must be revalidated. No file refers to another origin.
 */
export async function buildUi(outdir: string): Promise<BuiltUi> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(join(outdir, 'assets'), { recursive: true });
  const bundle = await build({
    entryPoints: { main: join(source, 'main.ts'), style: join(source, 'styles/style.css') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome120', 'firefox121', 'safari17.4'],
    conditions: ['browser'],
    minify: true,
    legalComments: 'linked',
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    assetNames: 'assets/[name]-[hash]',
    publicPath: '/',
    loader: { '.woff2': 'file' },
    metafile: true,
    logLevel: 'silent',
  });
  const built = Object.entries(bundle.metafile.outputs).map(([path, output]) => ({
    path: path.slice(path.indexOf('assets/')),
    entry: output.entryPoint ?? '',
  }));
  const files = built.map(({ path }) => path);
  const put = async (path: string, text: string): Promise<string> => {
    await writeFile(join(outdir, path), text);
    files.push(path);
    return `/${path}`;
  };
  const hashed = (name: string, extension: string, text: string): Promise<string> =>
    put(
      `assets/${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}.${extension}`,
      text,
    );
  const find = (suffix: string): string => `/${built.find(({ entry }) => entry.endsWith(suffix))?.path ?? ''}`;

  const logo = await readFile(join(source, 'styles/logo.svg'), 'utf8');
  await put('favicon.svg', logo);
  await put('manifest.webmanifest', manifest);
  const page = indexPage({
    script: find('main.ts'),
    style: find('style.css'),
    icons: await hashed('icons', 'svg', await buildSprite(join(source, 'icons'))),
  });
  await put('index.html', page);
  return { files, bytes: await totalBytes(outdir, files) };
}

async function totalBytes(folder: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await readFile(join(folder, file))).byteLength));
  return sizes.reduce((sum, size) => sum + size, 0);
}
