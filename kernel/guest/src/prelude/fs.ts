/* eslint-disable @typescript-eslint/require-await -- what goes wrong in them must come as a rejection */
/** `fs` and `fs/promises`. */
import { Buffer } from 'buffer';
import { EventEmitter } from 'events';
import { bytesOf, calls, constants, openSync, optionsOf, pathOf } from './fs-calls.ts';
import { fsMore, readPiece } from './fs-more.ts';
import { begin, call, close, errorOf } from './host.ts';
import { Interface } from './readline.ts';
import { refusingAll } from './refused.ts';
import { createReadStream, createWriteStream, ReadStream, WriteStream } from './fs-streams.ts';
import { Dirent, Stats } from './stats.ts';
import type { ErrorShape } from '../files/error.ts';

interface Change {
  readonly eventType: string;
  readonly filename: string | null;
}
interface WatchOptions {
  readonly signal?: AbortSignal;
  readonly recursive?: boolean;
}

function aborted(signal: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });
}

/** Changes as they come, until the signal; those that come between two asks are kept. */
async function* watchChanges(path: unknown, options: WatchOptions = {}): AsyncGenerator<Change> {
  const { signal } = options;
  const kept: Change[] = [];
  const state: { failure: Error | null } = { failure: null };
  let wake: () => void = () => undefined;
  const id = begin('fs.watch', [pathOf(path), options.recursive === true], (event, value) => {
    if (event === 'change') kept.push(value as Change);
    else state.failure = errorOf(value as ErrorShape);
    wake();
  });
  signal?.addEventListener('abort', () => wake());
  try {
    for (;;) {
      if (signal?.aborted === true) throw aborted(signal);
      const change = kept.shift();
      if (change !== undefined) yield change;
      else if (state.failure !== null) throw state.failure;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    close(id);
  }
}

class FSWatcher extends EventEmitter {
  readonly #id: number;

  constructor(path: unknown, options: WatchOptions) {
    super();
    this.#id = begin('fs.watch', [pathOf(path), options.recursive === true], (event, value) => {
      if (event === 'change') this.emit('change', (value as Change).eventType, (value as Change).filename);
      else this.emit('error', errorOf(value as ErrorShape));
    });
    options.signal?.addEventListener('abort', () => this.close());
  }

  close(): void {
    close(this.#id);
    this.emit('close');
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Reads of one piece, so that no file is ever held whole. */
const pieceBytes = 65536;

class FileHandle extends EventEmitter {
  readonly fd: number;

  constructor(descriptor: number) {
    super();
    this.fd = descriptor;
  }

  async read(target: unknown, ...rest: unknown[]): Promise<{ bytesRead: number; buffer: unknown }> {
    const named = ArrayBuffer.isView(target) ? null : ((target ?? {}) as Record<string, unknown>);
    const buffer = (named?.['buffer'] ?? target) as Uint8Array;
    const [offset = 0, length, position = null] =
      named === null ? rest : [named['offset'], named['length'], named['position']];
    const at = Number(offset ?? 0);
    const wanted = Number(length ?? buffer.byteLength - at);
    const piece = readPiece(this.fd, wanted, position === null ? null : Number(position));
    buffer.set(piece, at);
    return { bytesRead: piece.length, buffer };
  }

  async write(data: unknown, ...rest: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
    const whole = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array);
    const [offset, length, position] = typeof data === 'string' ? [0, whole.length, rest[0]] : rest;
    const from = Number(offset ?? 0);
    const piece = whole.subarray(from, from + Number(length ?? whole.length - from));
    call('fs.write', [this.fd, typeof position === 'number' ? position : null], piece);
    return { bytesWritten: piece.length, buffer: data };
  }

  async readFile(options?: unknown): Promise<unknown> {
    const pieces: Buffer[] = [];
    for (
      let piece = readPiece(this.fd, pieceBytes, null);
      piece.length > 0;
      piece = readPiece(this.fd, pieceBytes, null)
    )
      pieces.push(piece);
    const whole = Buffer.concat(pieces);
    const { encoding } = optionsOf(options);
    return typeof encoding === 'string' ? whole.toString(encoding as BufferEncoding) : whole;
  }

  async writeFile(data: unknown, options?: unknown): Promise<void> {
    call('fs.write', [this.fd, null], bytesOf(data, optionsOf(options)['encoding']));
  }

  async appendFile(data: unknown, options?: unknown): Promise<void> {
    return this.writeFile(data, options);
  }

  async stat(): Promise<Stats> {
    return new Stats(call('fs.fstat', [this.fd]) as ConstructorParameters<typeof Stats>[0]);
  }

  async sync(): Promise<void> {
    call('fs.fsync', [this.fd]);
  }

  async datasync(): Promise<void> {
    call('fs.fsync', [this.fd]);
  }

  async truncate(length = 0): Promise<void> {
    call('fs.ftruncate', [this.fd, length]);
  }

  async chmod(mode: unknown): Promise<void> {
    call('fs.fchmod', [this.fd, mode]);
  }

  async chown(uid: number, gid: number): Promise<void> {
    call('fs.fchown', [this.fd, uid, gid]);
  }

  createReadStream(options: object = {}): unknown {
    return createReadStream('', { ...options, fd: this.fd, autoClose: false });
  }

  createWriteStream(options: object = {}): unknown {
    return createWriteStream('', { ...options, fd: this.fd, autoClose: false });
  }

  readLines(options: object = {}): Interface {
    return new Interface({ input: this.createReadStream(options) as never });
  }

  async close(): Promise<void> {
    call('fs.close', [this.fd]);
    this.emit('close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const asynchronous = Object.fromEntries(
  Object.entries(calls).map(([name, run]) => [name, async (...args: unknown[]) => run(...args)]),
);

export const fsPromises = {
  ...asynchronous,
  constants,
  watch: watchChanges,
  open: async (path: unknown, flags?: unknown, mode?: unknown) => new FileHandle(openSync(path, flags, mode)),
  opendir: (path: unknown) => Promise.resolve().then(() => (fsMore['opendirSync'] as (path: unknown) => unknown)(path)),
  ...refusingAll('fs.promises', 'lchmod glob mkdtempDisposable'),
};

type Done = (error: unknown, value?: unknown) => void;

function withCallback(run: (...args: unknown[]) => unknown): (...args: unknown[]) => void {
  return (...args) => {
    const done = args.pop() as Done;
    if (typeof done !== 'function') throw new TypeError('The "cb" argument must be of type function');
    Promise.resolve()
      .then(() => run(...args))
      .then(
        (value) => done(null, value),
        (error: unknown) => done(error),
      );
  };
}

const existsSync = (path: unknown): boolean => {
  try {
    calls['stat']?.(path);
    return true;
  } catch {
    return false;
  }
};

export const fs = {
  ...Object.fromEntries(Object.entries(calls).map(([name, run]) => [`${name}Sync`, run])),
  ...Object.fromEntries(Object.entries(calls).map(([name, run]) => [name, withCallback(run)])),
  exists: (path: unknown, done: (there: boolean) => void) => queueMicrotask(() => done(existsSync(path))),
  existsSync,
  openSync,
  open: withCallback(openSync),
  closeSync: (descriptor: number) => void call('fs.close', [descriptor]),
  close: withCallback((descriptor) => call('fs.close', [descriptor])),
  ...fsMore,
  createReadStream,
  createWriteStream,
  ReadStream,
  WriteStream,
  FileReadStream: ReadStream,
  FileWriteStream: WriteStream,
  watch: (path: unknown, options?: unknown, listener?: unknown) => {
    const watcher = new FSWatcher(path, typeof options === 'function' ? {} : optionsOf(options));
    const wanted = typeof options === 'function' ? options : listener;
    if (typeof wanted === 'function') watcher.on('change', wanted as (...args: unknown[]) => void);
    return watcher;
  },
  constants,
  ...constants,
  Stats,
  Dirent,
  promises: fsPromises,
};
const { realpath } = fs as unknown as { realpath: object };
Object.assign(realpath, { native: realpath });
