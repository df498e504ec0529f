/** Runs a program with an argument list, never a shell; the error carries the last words of the program. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly input?: string;
  readonly environment?: Record<string, string>;
  readonly uid?: number;
  readonly gid?: number;
  /** Called for every line of standard output and error. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects for an exit code; does for a program that cannot be started. Keeps the last 64 KiB of each stream. */
export function attempt(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.environment === undefined ? {} : { env: { ...process.env, ...options.environment } }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    const kept = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      let partial = '';
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        kept[stream] = (kept[stream] + text).slice(-65536);
        const lines = (partial + text).split('\n');
        partial = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal === null ? 1 : 128), ...kept }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await attempt(program, args, options);
  if (result.code === 0) return result.stdout;
  const words = (result.stderr || result.stdout).trim().split('\n').slice(-5).join('\n');
  throw new Error(`${program} ${args[0] ?? ''} ended with code ${result.code}: ${words}`);
}
