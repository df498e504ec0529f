/**
 * The one door between script and worker: four functions the prelude keeps to itself.
 *
 * Text crosses as text (JSON), bytes as array buffers; nothing else ever does, so no object of this side can be reached
 * from that one.
 */
import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { shapeOfError } from '../files/error.ts';

export interface Host {
  /** Answered at once. */
  call(op: string, args: readonly unknown[], bytes: Uint8Array | undefined): unknown;
  /** Goes on: answered by `deliver`. */
  begin(id: number, op: string, args: readonly unknown[], bytes: Uint8Array | undefined): void;
  command(id: number, name: string, args: readonly unknown[], bytes: Uint8Array | undefined): void;
  close(id: number): void;
  /** The engine failed beneath the script. */
  broken(reason: string): void;
}

/** Most characters of arguments in one call, and bytes beside them. */
const argumentLimit = 64 * 1024 * 1024;

function argumentsOf(context: QuickJSContext, handle: QuickJSHandle): readonly unknown[] {
  const json = context.getString(handle);
  if (json.length > argumentLimit) throw new RangeError('The arguments are too long');
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value : [value];
}

function bytesOf(context: QuickJSContext, handle: QuickJSHandle | undefined): Uint8Array | undefined {
  if (handle === undefined || context.typeof(handle) !== 'object') return undefined;
  // A copy: what the script does to its buffer later must not change what was checked.
  return context.getArrayBuffer(handle).consume((view) => Uint8Array.from(view.value));
}

function pathOf(args: readonly unknown[]): string | undefined {
  return typeof args[0] === 'string' && args[0].startsWith('/') ? args[0] : undefined;
}

/** Results: an array buffer for bytes, `=` and JSON for a value, `!` and JSON for an error to throw. */
function answer(
  context: QuickJSContext,
  host: Host,
  run: () => unknown,
  pathOfCall?: () => string | undefined,
): QuickJSHandle {
  try {
    const value = run();
    if (value instanceof Uint8Array) return bufferOf(context, value);
    return context.newString(`=${JSON.stringify(value ?? null)}`);
  } catch (error) {
    // The engine itself failed, for want of memory as a rule: nothing it holds can be trusted any more.
    if (error instanceof Error && error.name === 'RuntimeError') host.broken(error.message);
    return context.newString(`!${JSON.stringify(shapeOfError(error, pathOfCall?.()))}`);
  }
}

export function bufferOf(context: QuickJSContext, bytes: Uint8Array): QuickJSHandle {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return context.newArrayBuffer((whole ? bytes : Uint8Array.from(bytes)).buffer);
}

/** Makes the object the prelude is called with. */
export function installHost(context: QuickJSContext, host: Host): QuickJSHandle {
  const object = context.newObject();
  const install = (name: string, run: (...handles: QuickJSHandle[]) => QuickJSHandle) =>
    context.newFunction(name, run).consume((handle) => context.setProp(object, name, handle));

  install('call', (op, args, bytes) => {
    let path: string | undefined;
    return answer(
      context,
      host,
      () => {
        const list = argumentsOf(context, args);
        const name = context.getString(op);
        if (name.startsWith('fs.')) path = pathOf(list);
        return host.call(name, list, bytesOf(context, bytes));
      },
      () => path,
    );
  });
  install('begin', (id, op, args, bytes) =>
    answer(context, host, () => {
      const list = argumentsOf(context, args);
      const name = context.getString(op);
      host.begin(context.getNumber(id), name, list, bytesOf(context, bytes));
    }),
  );
  install('command', (id, name, args, bytes) =>
    answer(context, host, () => {
      const list = argumentsOf(context, args);
      const command = context.getString(name);
      host.command(context.getNumber(id), command, list, bytesOf(context, bytes));
    }),
  );
  install('close', (id) =>
    answer(context, host, () => {
      host.close(context.getNumber(id));
    }),
  );
  return object;
}
