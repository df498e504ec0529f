/** Builds the boot image and tries it in an emulated machine, and counts what held. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { JestResult } from './jest.ts';

const root = resolve(import.meta.dirname, '..');

/** Those that the test installs: packing the others would take longer than all the rest on a machine that has packed none. */
const services = ['mosquitto', 'webdav'];

export async function runVm(): Promise<JestResult> {
  const built = await run('distro/image/build.ts', ['--services', services.join(',')]);
  if (built.code !== 0) return { code: built.code, passed: 0, failed: 1, skipped: 0 };
  const { code, lastLine } = await run('distro/image/vm/test.ts', []);
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(lastLine);
  const [, passed = 0, failed = 1, skipped = 0] = counts?.map(Number) ?? [];
  return { code, passed, failed, skipped };
}

/** What it prints goes to standard error: standard output is for the totals. */
function run(program: string, args: readonly string[]): Promise<{ code: number; lastLine: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, program), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    let tail = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      tail = (tail + text).slice(-1000);
    });
    child.once('error', fail);
    child.once('close', (code) => done({ code: code ?? 1, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' }));
  });
}
