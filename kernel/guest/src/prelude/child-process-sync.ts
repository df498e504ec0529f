/** The synchronous half of `child_process`: the script's thread waits, the serving process runs the program. */
import { Buffer } from 'buffer';
import { call, errorOf } from './host.ts';
import type { ErrorShape } from '../files/error.ts';
import { type SpawnOptions, signalName, stdioOf } from './spawn-options.ts';
import { process } from './process.ts';

interface Ended {
  readonly pid: number;
  readonly status: number | null;
  readonly signal: string | null;
  /** base64; null where the output went elsewhere. */
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly error: ErrorShape | null;
}
type Output = string | Buffer;
interface Result {
  pid: number;
  output: (Output | null)[] | null;
  stdout: Output | null;
  stderr: Output | null;
  status: number | null;
  signal: string | null;
  error?: Error;
}

const mostOutput = 1024 * 1024;

function inputOf(options: SpawnOptions): Uint8Array | undefined {
  const { input } = options;
  if (input === undefined) return undefined;
  return typeof input === 'string' ? Buffer.from(input) : input;
}

function run(file: string, args: readonly string[], options: SpawnOptions): Result {
  const wanted = {
    stdio: stdioOf(options.stdio),
    timeout: options.timeout ?? 0,
    killSignal: signalName(options.killSignal ?? 'SIGTERM') ?? 'SIGTERM',
    maxBuffer: options.maxBuffer ?? mostOutput,
  };
  const ended = call('spawn.now', [file, args.map(String), wanted], inputOf(options)) as Ended;
  const show = (text: string | null): Output | null => {
    if (text === null) return null;
    const bytes = Buffer.from(text, 'base64');
    const { encoding } = options;
    return typeof encoding === 'string' && encoding !== 'buffer' ? bytes.toString(encoding as BufferEncoding) : bytes;
  };
  const [stdout, stderr] = [show(ended.stdout), show(ended.stderr)];
  const { pid, status, signal } = ended;
  const began = pid !== 0;
  const result: Result = { pid, output: began ? [null, stdout, stderr] : null, stdout, stderr, status, signal };
  if (ended.error !== null) result.error = Object.assign(errorOf(ended.error), { spawnargs: args });
  return result;
}

export function spawnSync(file: string, ...rest: unknown[]): Result {
  const args = Array.isArray(rest[0]) ? (rest.shift() as string[]) : [];
  const options = (rest[0] ?? {}) as SpawnOptions;
  if (options.shell === undefined || options.shell === false) return run(file, args, options);
  return run('/bin/sh', ['-c', [file, ...args].join(' ')], options);
}

/** Standard output, or what went wrong as an error; what is said on standard error goes to the log, unless it was asked for. */
function checked(command: string, result: Result, options: SpawnOptions): unknown {
  const { stderr, error, status, signal } = result;
  if (options.stdio === undefined && stderr !== null) {
    const text = stderr.toString();
    if (text !== '') process.stderr.write(text);
  }
  if (error !== undefined) throw Object.assign(error, result);
  if (status === 0 && signal === null) return result.stdout;
  const words = stderr?.toString() ?? '';
  throw Object.assign(new Error(`Command failed: ${command}${words === '' ? '' : `\n${words}`}`), result);
}

export function execFileSync(file: string, ...rest: unknown[]): unknown {
  const args = Array.isArray(rest[0]) ? (rest.shift() as string[]) : [];
  const options = (rest[0] ?? {}) as SpawnOptions;
  return checked([file, ...args].join(' '), spawnSync(file, args, options), options);
}

export function execSync(line: string, options: SpawnOptions = {}): unknown {
  return checked(line, run('/bin/sh', ['-c', line], options), options);
}
