/**
 * `sqfs2tar | shift | tar2sqfs`: the two programs that parse a stranger's image run as an id nobody else has, without
 * network, privileges or much memory, on descriptors they were given. The kernel never parses what they were fed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { errors } from '../errors.ts';
import { fixedEnvironment } from '../system/run.ts';
import { ShiftOwners } from './shift.ts';
import { codeOf } from '../system/errno.ts';

export interface RebuildOptions {
  readonly image: string;
  /** Descriptor of the squashfs as packed, and its size. */
  readonly source: number;
  readonly sourceBytes: number;
  /** Descriptor of the new file, which `worker` owns. */
  readonly target: number;
  /** First id of the service. */
  readonly base: number;
  /** The id both programs run as. */
  readonly worker: number;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

const entriesLimit = 2_000_000;
const bytesLimit = 64 * 1024 ** 3;
/** A squashfs that unpacks to more than this many times its size is a bomb. */
const ratioLimit = 200;
const memoryLimit = 2 * 1024 ** 3;
const cpuSeconds = 3600;

/** Answers how many entries the image has. Throws `engine.imageRefused`. */
export async function rebuildImage(options: RebuildOptions): Promise<{ files: number }> {
  const bytes = Math.min(bytesLimit, options.sourceBytes * ratioLimit + 64 * 1024 ** 2);
  const shift = new ShiftOwners(options.image, options.base, { entries: entriesLimit, bytes });
  const reader = confined(options, ['sqfs2tar', '--no-skip', '--root-becomes', '.', '/proc/self/fd/3'], options.source);
  const writer = confined(
    options,
    [
      'tar2sqfs',
      '--quiet',
      '--force',
      '--no-skip',
      '--num-jobs',
      '2',
      '-c',
      'zstd',
      '-X',
      'level=3',
      '/proc/self/fd/3',
    ],
    options.target,
  );
  const timer = setInterval(() => {
    options.progress(Math.min(bytesRead(reader.child), options.sourceBytes), options.sourceBytes);
  }, 250);
  const stop = () => {
    reader.child.kill('SIGKILL');
    writer.child.kill('SIGKILL');
  };
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const { stdout } = reader.child;
    const { stdin } = writer.child;
    if (!stdout || !stdin) throw errors.imageRefused({ image: options.image, words: 'no pipe' });
    const flow = pipeline(stdout, shift, stdin);
    // The first to fail says why; the others then fail for want of a pipe.
    const first = Promise.withResolvers<never>();
    for (const part of [flow, reader.ended, writer.ended]) part.catch(first.reject);
    await Promise.race([first.promise, Promise.all([flow, reader.ended, writer.ended])]);
    options.progress(options.sourceBytes, options.sourceBytes);
    return { files: shift.entries };
  } catch (cause) {
    options.signal.throwIfAborted();
    throw await reason(options, cause, reader, writer);
  } finally {
    clearInterval(timer);
    options.signal.removeEventListener('abort', stop);
    stop();
    await Promise.allSettled([reader.ended, writer.ended]);
  }
}

interface Confined {
  readonly child: ChildProcess;
  /** Rejects when the program does not exit 0. */
  readonly ended: Promise<void>;
  readonly words: () => string;
}

function confined(options: RebuildOptions, command: readonly string[], descriptor: number): Confined {
  const id = String(options.worker);
  const args = [
    '--net',
    '--ipc',
    'prlimit',
    `--as=${memoryLimit}`,
    `--cpu=${cpuSeconds}`,
    `--fsize=${bytesLimit}`,
    '--nofile=64',
    '--core=0',
    'setpriv',
    `--reuid=${id}`,
    `--regid=${id}`,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--bounding-set=-all',
    ...command,
  ];
  const child = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe', descriptor], env: { ...fixedEnvironment } });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000);
  });
  child.stdin?.on('error', () => undefined);
  const name = command[0] ?? '';
  if (name === 'sqfs2tar') child.stdin?.end();
  else child.stdout?.resume();
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(errors.commandMissing({ command: 'unshare' }, cause)));
    child.once('close', (code) => (code === 0 ? resolve() : reject(errors.commandFailed({ command: name, words }))));
  });
  ended.catch(() => undefined);
  return { child, ended, words: () => words.trim().split('\n').slice(-2).join('; ') };
}

/** A tool's complaint about the image is the reason, not the broken pipe that followed. */
async function reason(options: RebuildOptions, cause: unknown, reader: Confined, writer: Confined): Promise<unknown> {
  if (codeOf(cause) === 'engine.imageRefused') return cause;
  reader.child.kill('SIGKILL');
  writer.child.kill('SIGKILL');
  await Promise.allSettled([reader.ended, writer.ended]);
  const words = reader.words() || writer.words() || 'its content cannot be read';
  return errors.imageRefused({ image: options.image, words }, cause);
}

/** How much a child has read so far, through whatever call. */
function bytesRead(child: ChildProcess): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${child.pid ?? 0}/io`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
