/**
 * `child_process`: programs by the forms the container's ABI knows; the serving process runs them.
 *
 * A process id is ours (the program's own is the kernel's business): it is there as soon as `spawn` returns.
 */
import { Buffer } from 'buffer';
import { EventEmitter } from 'events';
import { begin, command, errorOf } from './host.ts';
import { execFileSync, execSync, spawnSync } from './child-process-sync.ts';
import { type SpawnOptions, signalName, stdioOf } from './spawn-options.ts';
import { killBy } from './process.ts';
import { Readable, Writable } from './stream.ts';
import type { ErrorShape } from '../files/error.ts';

let nextPid = 100;
const living = new Map<number, ChildProcess>();

function outlet(): Readable {
  return new Readable({ read: () => undefined });
}

export class ChildProcess extends EventEmitter {
  readonly pid: number | undefined = nextPid++;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly stdio: readonly unknown[];
  readonly spawnfile: string;
  readonly spawnargs: readonly string[];
  exitCode: number | null = null;
  signalCode: string | null = null;
  killed = false;
  connected = false;
  readonly #killSignal: string | number;
  readonly #id: number;
  #over = false;
  #open: number;

  constructor(file: string, args: readonly string[], options: SpawnOptions) {
    super();
    const [input, output, errors] = stdioOf(options.stdio);
    this.spawnfile = file;
    this.spawnargs = [file, ...args];
    this.#killSignal = options.killSignal ?? 'SIGTERM';
    this.stdout = output === 'pipe' ? outlet() : null;
    this.stderr = errors === 'pipe' ? outlet() : null;
    this.#open = 1 + (this.stdout === null ? 0 : 1) + (this.stderr === null ? 0 : 1);
    const id = begin(
      'spawn',
      [file, args, { cwd: options.cwd, env: options.env, stdio: [input, output, errors] }],
      (event, value, bytes) => this.#hear(event, value, bytes),
    );
    this.#id = id;
    this.stdin = input === 'pipe' ? this.#inlet(id) : null;
    this.stdio = [this.stdin, this.stdout, this.stderr];
    if (this.pid !== undefined) living.set(this.pid, this);
    this.#watch(options);
  }

  #watch({ signal, timeout }: SpawnOptions): void {
    const abort = (): void => {
      this.kill(this.#killSignal);
      const error = Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' });
      this.emit('error', error);
    };
    if (signal?.aborted === true) queueMicrotask(abort);
    else signal?.addEventListener('abort', abort);
    if (timeout !== undefined && timeout > 0) {
      const timer = setTimeout(() => this.kill(this.#killSignal), timeout);
      this.once('exit', () => clearTimeout(timer));
    }
  }

  #inlet(id: number): Writable {
    const send = (name: string, bytes?: Uint8Array): Error | null => {
      if (this.#over) return Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32, syscall: 'write' });
      command(id, name, [], bytes);
      return null;
    };
    return new Writable({
      write: (chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void) => done(send('write', chunk)),
      final: (done: (error?: Error | null) => void) => {
        send('end');
        done();
      },
    });
  }

  #hear(event: string, value: unknown, bytes: Uint8Array | null): void {
    switch (event) {
      case 'spawn':
        this.emit('spawn');
        break;
      case 'stdout':
        this.stdout?.push(bytes === null ? null : Buffer.from(bytes.buffer as ArrayBuffer));
        if (bytes === null) this.#part();
        break;
      case 'stderr':
        this.stderr?.push(bytes === null ? null : Buffer.from(bytes.buffer as ArrayBuffer));
        if (bytes === null) this.#part();
        break;
      case 'failed':
        this.#end(null, null);
        this.stdout?.push(null);
        this.stderr?.push(null);
        this.emit('error', errorOf(value as ErrorShape));
        break;
      case 'exit': {
        const { code, signal } = value as { code: number | null; signal: string | null };
        this.#end(code, signal);
        // What was written before the end is read before the end is told.
        setImmediate(() => {
          this.emit('exit', code, signal);
          this.#part();
        });
      }
    }
  }

  #end(code: number | null, signal: string | null): void {
    this.#over = true;
    this.exitCode = code;
    this.signalCode = signal;
    if (this.pid !== undefined) living.delete(this.pid);
  }

  #part(): void {
    this.#open -= 1;
    if (this.#open === 0) this.emit('close', this.exitCode, this.signalCode);
  }

  kill(signal: string | number = this.#killSignal): boolean {
    if (this.#over) return false;
    if (signal === 0) return true;
    const name = signalName(signal);
    if (name === null) throw Object.assign(new TypeError(`Unknown signal: ${signal}`), { code: 'ERR_UNKNOWN_SIGNAL' });
    this.killed = true;
    command(this.#id, 'kill', [name]);
    return true;
  }

  ref(): void {
    // A script never ends by itself.
  }

  unref(): void {
    // A script never ends by itself.
  }

  disconnect(): void {
    this.connected = false;
  }
}

/** `process.kill` for ids that `spawn` gave out. */
function killByPid(pid: number, signal: string | number = 'SIGTERM'): true {
  const child = living.get(Math.abs(pid));
  if (child?.kill(signal) === true) return true;
  throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH', errno: -3, syscall: 'kill' });
}

function spawn(file: string, args?: readonly string[] | SpawnOptions, options?: SpawnOptions): ChildProcess {
  const [list, given] = Array.isArray(args) ? [args as string[], options] : [[], (args ?? options) as SpawnOptions];
  if (given?.shell !== undefined && given.shell !== false)
    return new ChildProcess('/bin/sh', ['-c', [file, ...list].join(' ')], given);
  return new ChildProcess(file, list.map(String), given ?? {});
}

type Done = (error: unknown, stdout: unknown, stderr: unknown) => void;

/** Both outputs whole, as text unless bytes were asked for. */
function gather(child: ChildProcess, options: SpawnOptions, done: Done | undefined): ChildProcess {
  const most = options.maxBuffer ?? 1024 * 1024;
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let failure: Error | null = null;
  for (const name of ['stdout', 'stderr'] as const) {
    let size = 0;
    child[name]?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) {
        failure ??= Object.assign(new RangeError(`${name} maxBuffer length exceeded`), {
          code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
        });
        child.kill('SIGTERM');
      } else parts[name].push(chunk);
    });
  }
  const wantsBytes = options.encoding === 'buffer' || options.encoding === null;
  const show = (name: 'stdout' | 'stderr'): unknown => {
    const whole = Buffer.concat(parts[name]);
    return wantsBytes ? whole : whole.toString((options.encoding ?? 'utf8') as BufferEncoding);
  };
  let told = false;
  const finish = (error: unknown): void => {
    if (told) return;
    told = true;
    done?.(error, show('stdout'), show('stderr'));
  };
  child.on('error', finish);
  child.on('close', (code: number | null, signal: string | null) => {
    if (failure === null && code === 0 && signal === null) return finish(null);
    const cmd = child.spawnargs.join(' ');
    const stderr = show('stderr');
    const error = failure ?? new Error(`Command failed: ${cmd}\n${String(stderr)}`);
    const coded = failure === null ? { code: code ?? null } : {};
    finish(Object.assign(error, { ...coded, killed: child.killed, signal, cmd, stdout: show('stdout'), stderr }));
  });
  if (options.input !== undefined) child.stdin?.end(options.input);
  return child;
}

function execFile(file: string, ...rest: unknown[]): ChildProcess {
  const done = typeof rest.at(-1) === 'function' ? (rest.pop() as Done) : undefined;
  const args = Array.isArray(rest[0]) ? (rest.shift() as string[]) : [];
  const options = (rest[0] ?? {}) as SpawnOptions;
  return gather(spawn(file, args, options), options, done);
}

function exec(line: string, ...rest: unknown[]): ChildProcess {
  const done = typeof rest.at(-1) === 'function' ? (rest.pop() as Done) : undefined;
  const options = (rest[0] ?? {}) as SpawnOptions;
  return gather(new ChildProcess('/bin/sh', ['-c', line], options), options, done);
}

/** Promisified they answer both outputs, and the promise carries the child. */
function promisified(run: (...args: never[]) => ChildProcess): (...args: unknown[]) => Promise<unknown> {
  return (...args) => {
    let child: ChildProcess | null = null;
    const promise = new Promise((resolve, reject) => {
      const done: Done = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else (reject as (error: unknown) => void)(error);
      };
      child = run(...([...args, done] as never[]));
    });
    return Object.assign(promise, { child });
  };
}

const custom = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(exec, custom, { value: promisified(exec as never) });
Object.defineProperty(execFile, custom, { value: promisified(execFile as never) });

function fork(): never {
  throw Object.assign(new Error('fork is not provided to package scripts: there is no other Node to start'), {
    code: 'ENOSYS',
  });
}

killBy(killByPid);

export const childProcess = { ChildProcess, spawn, exec, execFile, fork, spawnSync, execSync, execFileSync };
