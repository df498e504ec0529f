/**
 * The memory of a script's world, kept after its bundle was evaluated and put back at later starts instead of evaluating.
 *
 * Only what lies in the module's linear memory is kept. What lies outside (runtime, context and host functions of this
 * side) is made anew in the same order, and must come out at the same addresses, or the image is not used. An image is
 * never shared, and is data no package can write: the host binds it read-only once it is there.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { type Engine, initialPages, pageBytes } from './engine.ts';

export interface Parts {
  readonly deliver: QuickJSHandle;
  readonly request: QuickJSHandle;
  readonly load: QuickJSHandle;
  readonly wake: QuickJSHandle;
}
interface Pointers {
  readonly runtime: number;
  readonly context: number;
  readonly parts: Readonly<Record<keyof Parts, number>>;
}
interface Header extends Pointers {
  readonly key: string;
  readonly pages: number;
  /** Pages that hold anything: first and how many. */
  readonly runs: readonly (readonly [number, number])[];
}
export interface OpenImage extends Header {
  readonly descriptor: number;
  close(): void;
}

/** The header's own room at the beginning of the file. */
const headerBytes = 65536;

/** What an image depends on besides its bundle. */
export function sealOf(prelude: Uint8Array, engine: Uint8Array, settings: object): string {
  const versions = `${process.version} ${process.arch} ${JSON.stringify(settings)}`;
  return createHash('sha256').update(prelude).update(engine).update(versions).digest('hex');
}

export function imageKey(source: Uint8Array, seal: string): string {
  return createHash('sha256').update(source).update(seal).digest('hex');
}

/** Addresses that this side of the engine knows. */
export function pointersOf({ runtime, context }: Engine, parts: Parts): Pointers {
  const inner = { runtime, context } as unknown as Inside;
  const pointerOf = (handle: QuickJSHandle): number => handle.value;
  return {
    runtime: inner.runtime.rt.value,
    context: inner.context.ctx.value,
    parts: {
      deliver: pointerOf(parts.deliver),
      request: pointerOf(parts.request),
      load: pointerOf(parts.load),
      wake: pointerOf(parts.wake),
    },
  };
}

/** Written beside and renamed: there is a whole image or none. */
export function writeImage(file: string, key: string, { memory }: Engine, pointers: Pointers): void {
  const bytes = new Uint8Array(memory.buffer);
  const runs = usedRuns(bytes);
  const header: Header = { ...pointers, key, pages: bytes.length / pageBytes, runs };
  const text = Buffer.alloc(headerBytes, ' ');
  if (text.write(JSON.stringify(header)) === headerBytes) throw new RangeError('The image is in too many pieces');
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  const descriptor = openSync(beside, 'wx', 0o600);
  try {
    writeWhole(descriptor, text);
    for (const [first, count] of runs)
      writeWhole(descriptor, bytes.subarray(first * pageBytes, (first + count) * pageBytes));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
}

/** Null: there is none, or it is another world's. */
export function openImage(file: string, key: string): OpenImage | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const text = Buffer.alloc(headerBytes);
    readSync(descriptor, text, 0, headerBytes, 0);
    const header = JSON.parse(text.toString('utf8')) as Header;
    if (header.key === key) return { ...header, descriptor, close: () => closeSync(descriptor) };
  } catch {
    // As good as none.
  }
  closeSync(descriptor);
  return null;
}

/** @throws where the engine came out differently from the one the image is of */
export function fillMemory({ runtime, context, memory }: Engine, image: OpenImage): Parts {
  const inner = { runtime, context } as unknown as Inside;
  if (inner.runtime.rt.value !== image.runtime || inner.context.ctx.value !== image.context)
    throw new Error('The engine lies elsewhere than in its image');
  const bytes = new Uint8Array(memory.buffer);
  if (bytes.length !== image.pages * pageBytes) throw new RangeError('The memory is not of the size of the image');
  let from = headerBytes;
  let last = 0;
  for (const [first, count] of image.runs) {
    clear(bytes, last, first);
    readWhole(image.descriptor, bytes.subarray(first * pageBytes, (first + count) * pageBytes), from);
    from += count * pageBytes;
    last = first + count;
  }
  clear(bytes, last, image.pages);
  const handleOf = (name: keyof Parts): QuickJSHandle => inner.context.memory.heapValueHandle(image.parts[name]);
  return { deliver: handleOf('deliver'), request: handleOf('request'), load: handleOf('load'), wake: handleOf('wake') };
}

/** What the library keeps to itself, and an image has to know. */
interface Inside {
  readonly runtime: { readonly rt: { readonly value: number } };
  readonly context: {
    readonly ctx: { readonly value: number };
    readonly memory: { heapValueHandle(pointer: number): QuickJSHandle };
  };
}

/** Only what the new engine has written: a page that is zero already costs nothing until somebody writes to it. */
function clear(bytes: Uint8Array, from: number, to: number): void {
  const words = new Int32Array(bytes.buffer);
  for (let page = from; page < Math.min(to, initialPages); page++)
    if (!isZero(words, page)) bytes.fill(0, page * pageBytes, (page + 1) * pageBytes);
}

const wordsPerPage = pageBytes / 4;

function isZero(words: Int32Array, page: number): boolean {
  const end = (page + 1) * wordsPerPage;
  for (let at = page * wordsPerPage; at < end; at++) if (words[at] !== 0) return false;
  return true;
}

function usedRuns(bytes: Uint8Array): [number, number][] {
  const words = new Int32Array(bytes.buffer);
  const runs: [number, number][] = [];
  for (let page = 0; page * wordsPerPage < words.length; page++) {
    if (isZero(words, page)) continue;
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === page) run[1] += 1;
    else runs.push([page, 1]);
  }
  return runs;
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

function readWhole(descriptor: number, into: Uint8Array, from: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(descriptor, into, done, into.length - done, from + done);
    if (read === 0) throw new RangeError('The image ends too early');
    done += read;
  }
}
