/** The generated files of the tree: path from the root, and what has to stand in them. */
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorTables } from '@hearth/contract';
import { methodsOf, openrpc } from '@hearth/kernel/testing';
import { plugins } from '../../distro/daemon/src/plugins.ts';
import { version } from '../../distro/daemon/src/version.ts';
import { kitReport } from './kit-api.ts';
import { errorReference, methodFacts, methodReference, methodTypes } from './pages.ts';

export const root = resolve(import.meta.dirname, '../..');

/** Every room that can refuse: loading its table enters it. */
const tables = ['{kernel,plugins}/*/src/**/errors.ts', 'sdk/*/src/**/errors.ts'];

export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  for (const file of globSync(tables, { cwd: root })) await import(join(root, file));
  const methods = await methodsOf(plugins);
  return new Map([
    ['spec/50-errors.md', errorReference(errorTables)],
    ['spec/51-methods.md', methodReference(methods)],
    ['shell-ui/src/link/methods.gen.ts', methodTypes(methods)],
    ['sdk/cli/src/methods.gen.ts', methodFacts(methods)],
    // What packagers hold on to: a change here is a change for them.
    ['sdk/kit/api.md', kitReport(root)],
    // What a server of this release serves at /openrpc.json.
    ['spec/vectors/openrpc.json', `${JSON.stringify(openrpc(methods, version), null, 1)}\n`],
  ]);
}
