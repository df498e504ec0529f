/**
 * QuickJS for one package: a module of its own over a memory of its own.
 *
 * The memory's maximum is the one bound that holds; the runtime's own limit counts objects only. A package gets source
 * evaluated and nothing else: bytecode is never read.
 */
import type { QuickJSContext, QuickJSRuntime, QuickJSSyncVariant } from 'quickjs-emscripten-core';
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import variant from '@jitl/quickjs-ng-wasmfile-release-sync';

export const pageBytes = 65536;
/** The module does not start with less. */
export const initialPages = 256;
/** What the worker's thread (8 MiB of stack) bears without the host's own stack giving way first. */
const stackBytes = 512 * 1024;

export interface Engine {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly memory: WebAssembly.Memory;
}

/**
 * @param mayGoOn asked every few thousand steps; false ends the script's turn with an error it cannot catch
 * @param pages of memory to begin with: as many as an image has that is to be put there
 */
export async function makeEngine(
  wasm: WebAssembly.Module,
  memoryBytes: number,
  mayGoOn: () => boolean,
  pages = initialPages,
): Promise<Engine> {
  const maximum = Math.max(initialPages, Math.floor(memoryBytes / pageBytes));
  const memory = new WebAssembly.Memory({ initial: pages, maximum });
  const quickjs = await newQuickJSWASMModuleFromVariant(
    newVariant(variant as unknown as QuickJSSyncVariant, { wasmModule: wasm, wasmMemory: memory }),
  );
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(stackBytes);
  runtime.setInterruptHandler(() => !mayGoOn());
  return { runtime, context: runtime.newContext(), memory };
}
