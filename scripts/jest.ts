/** Runs jest the way this tree needs it: native modules, quiet about it, and with its counts kept. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface JestResult {
  readonly code: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export async function runJest(args: readonly string[], environment: Record<string, string> = {}): Promise<JestResult> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-jest-'));
  const output = join(folder, 'results.json');
  try {
    const code = await new Promise<number>((done, fail) => {
      const child = spawn(
        process.execPath,
        [
          '--experimental-vm-modules',
          '--disable-warning=ExperimentalWarning',
          join(root, 'node_modules/jest/bin/jest.js'),
          '--json',
          `--outputFile=${output}`,
          ...args,
        ],
        // jest prints the JSON to standard output too: the file is enough.
        { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment } },
      );
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
      child.once('error', fail);
      child.once('exit', (status) => done(status ?? 1));
    });
    const results = JSON.parse(await readFile(output, 'utf8').catch(() => '{}')) as Record<string, number | undefined>;
    const {
      numPassedTests = 0,
      numFailedTests = 0,
      numRuntimeErrorTestSuites = 0,
      numPendingTests = 0,
      numTodoTests = 0,
    } = results;
    return {
      code,
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests + numTodoTests,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
