/** Runs the tests of a plugin: files that end with `.test.ts`, by Node's own test runner. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { errors } from './errors.ts';
import { readTree } from './read.ts';

/** Builds all of it first: what cannot be packed is not good. `write` gets what the tests print. Throws `pluginKit.testsFailed`. */
export async function testPlugin(folder: string, write: (text: string) => void): Promise<void> {
  await readTree(folder);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.test.ts')).sort();
  if (names.length === 0) throw errors.testsMissing({ folder });
  const built = await mkdtemp(join(tmpdir(), 'hearth-plugin-test-'));
  try {
    const files = await Promise.all(
      names.map(async (name) => {
        const file = join(built, name.replace(/\.ts$/, '.mjs'));
        await writeFile(file, await bundle(join(folder, name), 'test'));
        return file;
      }),
    );
    const code = await runTests(files, folder, write);
    if (code !== 0) throw errors.testsFailed({ folder });
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

function runTests(files: readonly string[], folder: string, write: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--test', ...files], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', write);
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
