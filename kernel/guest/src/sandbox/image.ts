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
  /** Of the engine. */
  readonly pages: number;
  /** Pages of the machine that hold anything: first and how many. */
  readonly runs: readonly (readonly [number, number])[];
}
export interface OpenImage extends Header {
  readonly descriptor: number;
  close(): void;
}

/** The header's own room at the beginning of the file. */
const headerBytes = 65536;
/** The machine's pages, not the engine's: one that is left out is memory no later guest takes. */
const pageSize = 4096;
/** In pages: a shorter one is kept as it is, for another read costs more. */
const shortestGap = 4;

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
export function writeImage(file: string, key: string, engine: Engine, pointers: Pointers): void {
  clearFree(engine);
  const { memory } = engine;
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
      writeWhole(descriptor, bytes.subarray(first * pageSize, (first + count) * pageSize));
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
    readWhole(image.descriptor, bytes.subarray(first * pageSize, (first + count) * pageSize), from);
    from += count * pageSize;
    last = first + count;
  }
  clear(bytes, last, bytes.length / pageSize);
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
  const end = Math.min(to, (initialPages * pageBytes) / pageSize);
  for (let page = from; page < end; page++)
    if (!isZero(words, page)) bytes.fill(0, page * pageSize, (page + 1) * pageSize);
}

const wordsPerPage = pageSize / 4;

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
    if (run !== undefined && page - (run[0] + run[1]) < shortestGap) run[1] = page + 1 - run[0];
    else runs.push([page, 1]);
  }
  return runs;
}

/** Sizes asked for in turn: when the allocator has no more of one that is not at its very end, it has smaller ones. */
const freeSizes = [1 << 20, 1 << 16, 1 << 13, 1 << 10, 1 << 8];

/**
 * What the engine has given back keeps what was in it: the bundle's text, everything the parser made. Takes all that the
 * allocator has to give within the memory as it is, clears it, and gives it back.
 */
function clearFree({ context, memory }: Engine): void {
  const { module } = context as unknown as { readonly module: Allocator };
  const end = memory.buffer.byteLength;
  const taken: number[] = [];
  for (const size of freeSizes) {
    for (;;) {
      const block = module._malloc(size);
      if (block === 0) break;
      taken.push(block);
      // Grown: everything of this size that was free before is taken.
      if (block + size > end) break;
      new Uint8Array(memory.buffer, block, size).fill(0);
    }
  }
  for (const block of taken) module._free(block);
}

interface Allocator {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
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
