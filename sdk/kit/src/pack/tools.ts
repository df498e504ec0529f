/** Runs the programs that building needs, and says in one sentence what is wrong when one cannot. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { errors } from './errors.ts';

export interface RunOptions {
  /** The Debian package that has the tool. */
  readonly package: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `/` unless told. */
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Each line of standard error. */
  readonly onLine?: (line: string) => void;
}

/** Enough for tools to find each other; nothing of the caller's environment gets in. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export async function run(tool: string, args: readonly string[], options: RunOptions): Promise<{ stdout: string }> {
  const child = start(tool, args, options, ['ignore', 'pipe', 'pipe']);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await finished(tool, child, options);
  return { stdout };
}

export interface Producer {
  readonly tool: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

/** What a program prints becomes a file, for its owner alone. */
export async function pipeToFile({ tool, args, options }: Producer, file: string): Promise<void> {
  const child = start(tool, args, options, ['ignore', 'pipe', 'pipe']);
  const ended = finished(tool, child, options);
  const written = child.stdout === null ? null : pipeline(child.stdout, createWriteStream(file, { mode: 0o600 }));
  await Promise.all([ended, written]);
}

/** Hands bytes to a program's standard input; it must succeed. */
export async function feed(bytes: AsyncIterable<Buffer>, consumer: Producer): Promise<void> {
  const child = start(consumer.tool, consumer.args, consumer.options, ['pipe', 'ignore', 'pipe']);
  const ended = finished(consumer.tool, child, consumer.options);
  const given = child.stdin === null ? Promise.resolve() : pipeline(bytes, child.stdin);
  const [fed, end] = await Promise.allSettled([given, ended]);
  // The program's own end tells more than a broken pipe; without a fault of its own, the bytes were at fault.
  if (fed.status === 'rejected' && (end.status === 'fulfilled' || !isBrokenPipe(fed.reason))) throw fed.reason;
  if (end.status === 'rejected') throw end.reason;
}

const isBrokenPipe = (error: unknown): boolean =>
  ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(String((error as { code?: unknown }).code));

/** `producer | consumer`: both must succeed. */
export async function pipe(producer: Producer, consumer: Producer): Promise<void> {
  const first = start(producer.tool, producer.args, producer.options, ['ignore', 'pipe', 'pipe']);
  const second = start(consumer.tool, consumer.args, consumer.options, ['pipe', 'ignore', 'pipe']);
  if (second.stdin !== null) {
    // The consumer's own end tells more than a broken pipe.
    second.stdin.on('error', () => undefined);
    first.stdout?.pipe(second.stdin);
  }
  const ends = await Promise.allSettled([
    finished(producer.tool, first, producer.options),
    finished(consumer.tool, second, consumer.options),
  ]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function start(
  tool: string,
  args: readonly string[],
  { env, cwd = '/', signal }: RunOptions,
  stdio: ('ignore' | 'pipe')[],
): ChildProcess {
  if (signal?.aborted === true) throw errors.cancelled();
  const child = spawn(tool, args, { stdio, cwd, env: { PATH: path, LC_ALL: 'C.UTF-8', ...env } });
  // mmdebstrap takes down what it mounted when it is interrupted.
  const stop = () => void child.kill('SIGINT');
  signal?.addEventListener('abort', stop);
  child.once('close', () => signal?.removeEventListener('abort', stop));
  return child;
}

function finished(tool: string, child: ChildProcess, options: RunOptions): Promise<void> {
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      options.onLine?.(line);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(errors.toolMissing({ tool, package: options.package }, cause)));
    child.once('close', (code, signal) => {
      if (options.signal?.aborted === true) reject(errors.cancelled());
      else if (code === 0) resolve();
      else {
        const said = [...lines, rest].join('\n').trim();
        reject(errors.toolFailed({ tool, reason: signal ?? code ?? 'unknown', output: whatFailed(said), said }));
      }
    });
  });
}

/** Of what a tool said last; apt and mmdebstrap mark what matters. */
function whatFailed(said: string): string {
  const marked = said.split('\n').filter((line) => line.startsWith('E: '));
  return marked.length === 0 ? said : marked.join('\n');
}

/** Where apt-get put it; null: it is not there. */
export async function find(tool: string): Promise<string | null> {
  for (const folder of path.split(':')) {
    const file = `${folder}/${tool}`;
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return null;
}
