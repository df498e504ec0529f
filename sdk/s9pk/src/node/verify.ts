/** Proves archives in files on several cores at once. */
import { createRequire } from 'node:module';
import type * as Files from 'node:fs';
import { Worker } from 'node:worker_threads';
import type * as Threads from 'node:worker_threads';
import type * as Hashing from '@napi-rs/blake-hash';
import type { Archive, VerifyOptions } from '../archive.ts';
import { errors } from '../errors.ts';
import { hex } from '../format/bytes.ts';
import type { FileEntry } from '../format/tree.ts';
import { FileSource } from './file-source.ts';

/** Below this a second thread costs more than it gains. */
const worthwhileBytes = 64 << 20;
const progressMs = 100;

interface Task {
  readonly path: string;
  readonly position: number;
  readonly size: number;
}

interface WorkerSetup {
  /** Threads share the open file: what is proved is what was opened. */
  readonly descriptor: number;
  readonly hasher: string;
  readonly counter: SharedArrayBuffer;
}

/**
 * As `archive.verifyAll`, with whole files spread over threads. Archives that are not in a file, or small, or a single
 * file, are proved in this thread.
 *
 * @param options.workers threads beside this one, which only waits: its own reading ahead would compete with theirs; 2 unless told
 */
export async function verifyFile(
  archive: Archive,
  options: VerifyOptions & { readonly workers?: number } = {},
): Promise<{ files: number; bytes: number }> {
  const files = await archive.presentFiles(options.signal);
  const bytes = files.reduce((sum, { entry }) => sum + entry.size, 0);
  const workers = Math.min(options.workers ?? 2, files.length);
  if (!(archive.source instanceof FileSource) || workers < 2 || bytes < worthwhileBytes) {
    return archive.verifyAll(options);
  }
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  const report = (): void => options.progress?.(Number(Atomics.load(counter, 0)), bytes);
  const ticking = setInterval(report, progressMs);
  // The largest first, so that no thread is left with one at the end.
  const queue = files.toSorted((a, b) => b.entry.size - a.entry.size);
  const setup: WorkerSetup = {
    descriptor: archive.source.descriptor,
    hasher: createRequire(import.meta.url).resolve('@napi-rs/blake-hash'),
    counter: counter.buffer,
  };
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  try {
    let refusal: { readonly error: unknown } | null = null;
    const threads = Array.from({ length: workers }, async () => {
      try {
        await drain(queue, setup, signal);
      } catch (error) {
        // The first refusal stops the others; all of them are gone before the file may be closed.
        refusal ??= { error };
        stop.abort();
      }
    });
    await Promise.all(threads);
    const told = refusal as { readonly error: unknown } | null;
    if (told !== null) throw told.error;
  } finally {
    clearInterval(ticking);
  }
  report();
  return { files: files.length, bytes };
}

async function drain(
  queue: { path: string; entry: FileEntry }[],
  setup: WorkerSetup,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  // Source text instead of a file of its own: so it works from a checkout and from a bundle alike.
  const worker = new Worker(`(${hashTasks.toString()})(require)`, {
    eval: true,
    workerData: setup,
    execArgv: [],
    trackUnmanagedFds: false,
  });
  try {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { path, entry } = next;
      const answer = await ask(worker, { path, position: entry.position, size: entry.size }, signal);
      if (answer === null) throw errors.sourceChanged();
      if (answer !== hex(entry.hash)) throw errors.hashMismatch({ path });
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, task: Task, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', told).off('error', failed).off('exit', ended);
      signal.removeEventListener('abort', abort);
      act();
    };
    const told = (digest: string | null): void => settle(() => resolve(digest));
    const failed = (cause: unknown): void =>
      settle(() => reject(errors.sourceUnreadable({ reason: 'the file can no longer be read' }, cause)));
    const ended = (): void => settle(() => reject(errors.sourceUnreadable({ reason: 'a thread ended early' })));
    const abort = (): void => settle(() => reject(new DOMException('Cancelled', 'AbortError')));
    worker.on('message', told).on('error', failed).on('exit', ended);
    signal.addEventListener('abort', abort);
    worker.postMessage(task);
  });
}

/** Runs in the worker. Uses nothing but its argument: only its own text gets there. */
function hashTasks(load: NodeJS.Require): void {
  const threads = load('node:worker_threads') as typeof Threads;
  const { parentPort } = threads;
  const { readSync } = load('node:fs') as typeof Files;
  const { descriptor, hasher, counter } = threads.workerData as WorkerSetup;
  const { Blake3Hasher } = load(hasher) as typeof Hashing;
  const done = new BigInt64Array(counter);
  const buffer = Buffer.allocUnsafeSlow(256 * 1024);
  parentPort?.on('message', ({ position, size }: Task) => {
    const hash = new Blake3Hasher();
    let at = 0;
    while (at < size) {
      const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - at), position + at);
      if (read === 0) {
        parentPort.postMessage(null);
        return;
      }
      hash.update(buffer.subarray(0, read));
      at += read;
      Atomics.add(done, 0, BigInt(read));
    }
    parentPort.postMessage(hash.digest('hex'));
  });
}
