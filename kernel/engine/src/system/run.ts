/** Runs programs: argument vectors only, a small fixed environment, bounded output, cancellable. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { errors } from '../errors.ts';

export interface RunOptions {
  /** Written to the program's standard input, which is empty otherwise. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** 60,000 unless told. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** File descriptors of ours the program gets as 3, 4, ... */
  readonly descriptors?: readonly number[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What cancelling sends first; SIGKILL follows 5 s later. */
  readonly endSignal?: NodeJS.Signals;
  /** Told each line of standard output instead of collecting it. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The whole environment of every program the engine starts. */
export const fixedEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/root',
};

const maxOutput = 16 * 1024 * 1024;

/** Runs a program to its end. Throws `engine.commandFailed` with the program's last words unless it exits 0. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await attempt(file, args, options);
  if (result.code !== 0) {
    throw errors.commandFailed({ command: file, code: result.code, words: lastWords(result) });
  }
  return result;
}

/** Runs a program to its end and answers its exit code, whatever it is (128 + n for a signal). */
export async function attempt(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, timeoutMs = 60_000 } = options;
  signal?.throwIfAborted();
  const child = start(file, args, options);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(errors.commandMissing({ command: file }, cause)));
    child.once('close', (code, name) => resolve(code ?? 128 + (name === null ? 0 : constants.signals[name])));
  });
  const end = ender(child, options.endSignal ?? 'SIGTERM');
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    end();
  }, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const output = options.onLine ? eachLine(child.stdout, options.onLine) : collect(child.stdout);
    const [code, stdout, stderr] = await Promise.all([ended, output, collect(child.stderr)]);
    signal?.throwIfAborted();
    if (late.signal.aborted) throw errors.commandTooSlow({ command: file, seconds: timeoutMs / 1000 });
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    end.settle();
    signal?.removeEventListener('abort', end);
  }
}

function start(file: string, args: readonly string[], options: RunOptions): ChildProcess {
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...(options.descriptors ?? [])];
  const env = { ...fixedEnvironment, ...options.environment };
  const child = spawn(file, args, { stdio, env, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
  // A program that does not read its input closes it.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  return child;
}

/** What a failed program said last, fit for one line of an error. */
export function lastWords(result: RunResult): string {
  const lines = (result.stderr || result.stdout)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.slice(-3).join('; ').slice(-1000) || `exit code ${result.code}`;
}

/** Asks a child to end, and kills it 5 s later if it has not. */
function ender(child: ChildProcess, first: NodeJS.Signals) {
  let called = false;
  let last: NodeJS.Timeout | undefined;
  const end = () => {
    if (called) return;
    called = true;
    child.kill(first);
    last = setTimeout(() => child.kill('SIGKILL'), 5000);
  };
  return Object.assign(end, { settle: () => clearTimeout(last) });
}

async function collect(stream: Readable | null): Promise<string> {
  if (!stream) return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxOutput) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function eachLine(stream: Readable | null, tell: (line: string) => void): Promise<string> {
  if (!stream) return '';
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-maxOutput);
    for (const line of lines) tell(line);
  }
  if (rest) tell(rest);
  return '';
}
