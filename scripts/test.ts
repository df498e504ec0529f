/**
 * Every test, on a machine that may be fresh: puts the Debian packages in place, then runs the quick tests on both
 * cores and the system tests (real containers, programs and browser) one after the other.
 *
 * `--deep` runs the whole of the long suites instead of a seeded sample; `--vm` adds the boot image, built and tried in an
 * emulated machine; anything else goes to jest as it is.
 */
import { writeSync } from 'node:fs';
import { ensureAccount, ensureIdBlock } from '../distro/daemon/src/account.ts';
import { Checklist } from '../distro/daemon/src/checklist.ts';
import { installPackages, missingPackages, productPackages, testPackages } from '../distro/daemon/src/packages.ts';
import { checkKernel, checkMachine } from '../distro/daemon/src/preflight.ts';
import { Refusal } from '../distro/daemon/src/refusal.ts';
import { type JestResult, runJest } from './jest.ts';
import { runVm } from './vm.ts';

const args = process.argv.slice(2);
const deep = args.includes('--deep');
const vm = args.includes('--vm');
const rest = args.filter((argument) => !['--deep', '--vm'].includes(argument));
const began = Date.now();

try {
  await prepare();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`hearth: ${error.message}`);
  process.exit(1);
}

const environment: Record<string, string> = deep ? { HEARTH_DEEP: '1' } : { HEARTH_TEST_TURNS: '1' };
const results: JestResult[] = [];
results.push(await runJest(['--selectProjects', 'unit', 'long', 'house', 'ui', ...rest], environment));
results.push(await runJest(['--selectProjects', 'system', '--runInBand', ...rest], environment));
// The longest comes last, and only when it can still change the answer.
if (vm)
  results.push(results.every(({ code }) => code === 0) ? await runVm() : { code: 0, passed: 0, failed: 0, skipped: 1 });

const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
const code = results.some((result) => result.code !== 0) || sum('passed') === 0 ? 1 : 0;
console.error(`All tests took ${((Date.now() - began) / 60_000).toFixed(1)} minutes`);
process.once('exit', () => {
  const failed = code === 0 ? 0 : Math.max(sum('failed'), 1);
  writeSync(1, `${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped\n`);
});
process.exitCode = code;

async function prepare(): Promise<void> {
  const list = new Checklist(process.stderr);
  await checkMachine();
  const missing = await missingPackages([...productPackages, ...testPackages]);
  if (missing.length > 0)
    await list.step(`Debian packages: ${missing.join(', ')}`, (tell) => installPackages(missing, tell));
  await checkKernel();
  await ensureAccount();
  await ensureIdBlock();
}
