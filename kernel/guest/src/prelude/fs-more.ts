/** Calls of `fs` by descriptor, folders as objects, files that are polled: what older and thorough code uses. */
import { Buffer } from 'buffer';
import { EventEmitter } from 'events';
import { Blob } from './blob.ts';
import { bytesOf, calls, optionsOf, pathOf } from './fs-calls.ts';
import { call } from './host.ts';
import { refusingAll } from './refused.ts';
import type { Dirent } from './stats.ts';
import { Stats } from './stats.ts';

type Bytes = Uint8Array;
type Done = (error: unknown, ...values: unknown[]) => void;

export function readPiece(descriptor: number, length: number, position: number | null): Buffer {
  return Buffer.from((call('fs.read', [descriptor, length, position]) as Uint8Array).buffer as ArrayBuffer);
}

const place = (position: unknown): number | null =>
  typeof position === 'number' && position >= 0 ? position : typeof position === 'bigint' ? Number(position) : null;

/** `(fd, buffer, offset, length, position)` or `(fd, buffer, { offset, length, position })`. */
export function readSync(descriptor: number, target: Bytes, ...rest: unknown[]): number {
  const [first] = rest;
  const named = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : null;
  const [offset, length, position] = named === null ? rest : [named['offset'], named['length'], named['position']];
  const at = Number(offset ?? 0);
  const piece = readPiece(descriptor, Number(length ?? target.byteLength - at), place(position));
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(piece, at);
  return piece.length;
}

/** Text with a position and an encoding, or bytes with offset, length and position. */
export function writeSync(descriptor: number, data: unknown, ...rest: unknown[]): number {
  const [first, second, third] = rest;
  if (typeof data === 'string') {
    const piece = bytesOf(data, typeof second === 'string' ? second : 'utf8');
    call('fs.write', [descriptor, place(first)], piece);
    return piece.byteLength;
  }
  const whole = bytesOf(data, null);
  const from = Number(first ?? 0);
  const bytes = new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
  const piece = bytes.subarray(from, from + Number(second ?? bytes.length - from));
  call('fs.write', [descriptor, place(third)], piece);
  return piece.length;
}

const readvSync = (descriptor: number, targets: readonly Bytes[], position?: number): number => {
  let at = place(position);
  let whole = 0;
  for (const target of targets) {
    const read = readSync(descriptor, target, 0, target.byteLength, at);
    whole += read;
    at = at === null ? null : at + read;
    if (read < target.byteLength) break;
  }
  return whole;
};
const writevSync = (descriptor: number, pieces: readonly Bytes[], position?: number): number =>
  writeSync(descriptor, Buffer.concat(pieces), 0, undefined, place(position));

/** `(error, count, buffer)`, later. */
const counted =
  (run: (...args: never[]) => number) =>
  (...args: unknown[]): void => {
    const done = args.pop() as Done;
    Promise.resolve()
      .then(() => run(...(args as never[])))
      .then(
        (count) => done(null, count, args[1]),
        (error: unknown) => done(error),
      );
  };

class Dir {
  readonly path: string;
  readonly #entries: Dirent[];

  constructor(path: unknown) {
    this.path = pathOf(path);
    this.#entries = calls['readdir']?.(path, { withFileTypes: true }) as Dirent[];
  }

  readSync(): Dirent | null {
    return this.#entries.shift() ?? null;
  }

  read(done?: Done): Promise<Dirent | null> | undefined {
    if (done === undefined) return Promise.resolve(this.readSync());
    queueMicrotask(() => done(null, this.readSync()));
    return undefined;
  }

  closeSync(): void {
    // It was read whole.
  }

  close(done?: Done): Promise<void> | undefined {
    if (done === undefined) return Promise.resolve();
    queueMicrotask(() => done(null));
    return undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent> {
    for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield await Promise.resolve(entry);
  }
}

type Changed = (now: Stats, before: Stats) => void;
const polled = new Map<string, { timer: ReturnType<typeof setInterval>; hearers: Set<Changed> }>();
const missing = new Stats({ kind: 'file', numbers: {} });

function statNow(path: string): Stats {
  return (calls['stat']?.(path, { throwIfNoEntry: false }) as Stats | undefined) ?? missing;
}

/** Looks again and again, as long as anybody listens. */
function watchFile(path: unknown, ...rest: unknown[]): EventEmitter {
  const hear = rest.pop() as Changed;
  const name = pathOf(path);
  const known = polled.get(name);
  if (known !== undefined) known.hearers.add(hear);
  else {
    const hearers = new Set([hear]);
    let before = statNow(name) as Stats & { mtimeMs?: number; size?: number };
    const look = (): void => {
      const now = statNow(name) as typeof before;
      if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
      for (const one of hearers) one(now, before);
      before = now;
    };
    const interval = Number(optionsOf(rest[0])['interval'] ?? 5007);
    polled.set(name, { timer: setInterval(look, interval), hearers });
  }
  return Object.assign(new EventEmitter(), { ref: () => undefined, unref: () => undefined });
}

function unwatchFile(path: unknown, hear?: Changed): void {
  const name = pathOf(path);
  const known = polled.get(name);
  if (known === undefined) return;
  if (hear !== undefined) known.hearers.delete(hear);
  if (hear !== undefined && known.hearers.size > 0) return;
  clearInterval(known.timer);
  polled.delete(name);
}

/** With their callbacks: what works on a descriptor and answers nothing. */
const byDescriptor: Record<string, (descriptor: number, ...args: unknown[]) => unknown> = {
  fsync: (descriptor) => void call('fs.fsync', [descriptor]),
  fdatasync: (descriptor) => void call('fs.fsync', [descriptor]),
  ftruncate: (descriptor, length) => void call('fs.ftruncate', [descriptor, length ?? 0]),
  fchmod: (descriptor, mode) => void call('fs.fchmod', [descriptor, mode]),
  fchown: (descriptor, uid, gid) => void call('fs.fchown', [descriptor, uid, gid]),
  futimes: (descriptor, accessed, modified) =>
    void call('fs.futimes', [descriptor, seconds(accessed), seconds(modified)]),
  fstat: (descriptor) => new Stats(call('fs.fstat', [descriptor]) as ConstructorParameters<typeof Stats>[0]),
};
const seconds = (time: unknown): number => (time instanceof Date ? time.getTime() / 1000 : Number(time));

const later =
  (run: (...args: never[]) => unknown) =>
  (...args: unknown[]): void => {
    const done = args.pop() as Done;
    Promise.resolve()
      .then(() => run(...(args as never[])))
      .then(
        (value) => done(null, value),
        (error: unknown) => done(error),
      );
  };

export const fsMore: Record<string, unknown> = {
  ...Object.fromEntries(Object.entries(byDescriptor).map(([name, run]) => [`${name}Sync`, run])),
  ...Object.fromEntries(Object.entries(byDescriptor).map(([name, run]) => [name, later(run)])),
  readSync,
  writeSync,
  readvSync,
  writevSync,
  read: counted(readSync),
  write: counted(writeSync),
  readv: counted(readvSync),
  writev: counted(writevSync),
  opendirSync: (path: unknown) => new Dir(path),
  opendir: later((path: unknown) => new Dir(path)),
  Dir,
  watchFile,
  unwatchFile,
  openAsBlob: (path: unknown, options?: { type?: string }) =>
    Promise.resolve().then(() => new Blob([calls['readFile']?.(path) as Uint8Array], options)),
  ...refusingAll('fs', 'lchmod lchmodSync glob globSync mkdtempDisposableSync Utf8Stream'),
};
