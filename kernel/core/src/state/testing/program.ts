/** A test's writer as one file: it starts in a third of the time, and there are thousands of starts. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../../..');

/** Bundles `<name>.ts` of this folder into `folder`. @returns the path of the program */
export function bundleProgram(name: string, folder: string): string {
  const program = join(folder, `${name}.mjs`);
  const banner = `import{createRequire as c}from'node:module';const require=c(${JSON.stringify(program)});`;
  const flags = ['--bundle', '--platform=node', '--format=esm', '--external:level', '--log-level=error'];
  // The compiled part of the database stays where it is.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [
    join(import.meta.dirname, `${name}.ts`),
    ...flags,
    `--banner:js=${banner}`,
    `--outfile=${program}`,
  ]);
  return program;
}
