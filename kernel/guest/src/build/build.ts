/**
 * Builds what containers see at `/opt/hearth/guest`: the serving process, the sandbox worker, its prelude, QuickJS, the
 * pause program and the small client.
 */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { pauseProgram } from './pause.ts';

const source = join(import.meta.dirname, '..');

/** Where polyfills look for parts the prelude brings itself. */
const preludeAliases: Record<string, string> = {
  'process/': 'prelude/process.ts',
  process: 'prelude/process.ts',
  'abort-controller': 'prelude/abort.ts',
};

const ownParts: Plugin = {
  name: 'own-parts',
  setup(bundler) {
    const names = Object.keys(preludeAliases).map((name) => name.replace('/', '\\/'));
    bundler.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({
      path: join(source, preludeAliases[path] ?? ''),
    }));
  },
};

/**
 * Writes `guest.mjs`, `serving.mjs`, `sandbox.mjs`, `prelude.js`, `streams.js`, `quickjs.wasm`, `pause` and
 * `start-container.mjs` into the folder.
 */
export async function buildGuest(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    bundleProcesses(folder),
    writeFile(join(folder, 'prelude.js'), await bundlePrelude()),
    writeFile(join(folder, 'streams.js'), await bundleFor('streams/main.ts', '__streams')),
    copyFile(
      fileURLToPath(import.meta.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')),
      join(folder, 'quickjs.wasm'),
    ),
    writePause(folder),
  ]);
}

/** The script that makes a bare QuickJS context look like Node to a package: one immediately run function. */
export async function bundlePrelude(): Promise<string> {
  // In a function of its own: what it exports must be no global of the script's.
  return `(() => {\n${await bundleFor('prelude/main.ts', '__prelude')}\nreturn __prelude;\n})()`;
}

/** For QuickJS: a script that leaves what the file exports in a variable. */
async function bundleFor(file: string, variable: string): Promise<string> {
  const result = await build({
    entryPoints: [join(source, file)],
    bundle: true,
    write: false,
    platform: 'browser',
    mainFields: ['main'],
    conditions: ['require'],
    format: 'iife',
    globalName: variable,
    target: 'es2023',
    minifySyntax: true,
    minifyWhitespace: true,
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    plugins: [ownParts],
    logLevel: 'error',
  });
  return result.outputFiles[0]?.text ?? '';
}

async function bundleProcesses(folder: string): Promise<void> {
  await build({
    entryPoints: {
      guest: join(source, 'serve/main.ts'),
      serving: join(source, 'serve/serving.ts'),
      sandbox: join(source, 'sandbox/worker.ts'),
      'start-container': join(source, 'client/start-container.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
}

async function writePause(folder: string): Promise<void> {
  const file = join(folder, 'pause');
  await writeFile(file, pauseProgram(process.arch));
  await chmod(file, 0o755);
}
