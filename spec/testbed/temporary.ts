/**
 * The temporary folder of one run of tests. Whatever a test puts into `os.tmpdir()` and forgets is found there when all are
 * done, and named; it is gone then in any case.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the run's folder is told to the projects and workers of the same run. */
const variable = 'HEARTH_TEST_TEMPORARY';

/** Once a run, before any worker starts: they inherit it. */
export function openTemporary(environment: NodeJS.ProcessEnv): void {
  if (environment[variable] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'hearth-tests-'));
  // Programs of other accounts are handed folders in it.
  chmodSync(folder, 0o711);
  environment[variable] = folder;
  environment['TMPDIR'] = folder;
}

/** Takes the folder away. Says what was left in it; empty the second time. */
export function closeTemporary(environment: NodeJS.ProcessEnv): string[] {
  const folder = environment[variable];
  if (folder === undefined) return [];
  const left = readdirSync(folder).filter(isOfTests);
  rmSync(folder, { recursive: true, force: true });
  delete environment[variable];
  delete environment['TMPDIR'];
  return left.map((name) => join(folder, name));
}

/** jest and its tools keep caches there too. */
const isOfTests = (name: string): boolean => !/^(jest|node-compile-cache|v8-compile-cache|haste-map)/.test(name);
