/** The prelude's end of the door to the worker. Nothing here is reachable from the package's code. */
import type { ErrorShape } from '../files/error.ts';

export interface Door {
  call(op: string, args: string, bytes?: ArrayBuffer): string | ArrayBuffer;
  begin(id: number, op: string, args: string, bytes?: ArrayBuffer): string;
  command(id: number, name: string, args: string, bytes?: ArrayBuffer): string;
  close(id: number): string;
}

export interface Facts {
  readonly language: string;
  readonly hostname: string;
  readonly turnMs: number;
}

export type OnEvent = (event: string, value: unknown, bytes: Uint8Array | null) => void;

let door: Door | null = null;
let nextId = 1;
const listeners = new Map<number, OnEvent>();
// Taken before any package code runs, so that replacing the globals changes nothing here.
const { parse, stringify } = JSON;

export let facts: Facts = { language: 'C', hostname: 'localhost', turnMs: 10_000 };

export function openDoor(opened: Door, told: Facts): void {
  if (door !== null) throw new Error('The host is there already');
  door = opened;
  facts = told;
}

export function errorOf(shape: ErrorShape): Error {
  const made =
    shape.name === 'TypeError'
      ? new TypeError(shape.message)
      : shape.name === 'RangeError'
        ? new RangeError(shape.message)
        : new Error(shape.message);
  if (shape.code !== undefined) Object.assign(made, { code: shape.code });
  if (shape.errno !== undefined) Object.assign(made, { errno: shape.errno });
  if (shape.syscall !== undefined) Object.assign(made, { syscall: shape.syscall });
  if (shape.path !== undefined) Object.assign(made, { path: shape.path });
  return made;
}

function valueOf(answer: string | ArrayBuffer): unknown {
  if (typeof answer !== 'string') return new Uint8Array(answer);
  const value: unknown = parse(answer.slice(1));
  if (answer.startsWith('=')) return value;
  throw errorOf(value as ErrorShape);
}

/** The bytes a view shows, as a buffer of their own. */
export function bufferOf(bytes: ArrayBufferView | undefined): ArrayBuffer | undefined {
  if (bytes === undefined) return undefined;
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

function opened(): Door {
  if (door === null) throw new Error('The host is not there yet');
  return door;
}

/** A call answered at once. Bytes come as Uint8Array. */
export function call(op: string, args: readonly unknown[], bytes?: ArrayBufferView): unknown {
  return valueOf(opened().call(op, stringify(args), bufferOf(bytes)));
}

/** Something that goes on: `onEvent` hears of it until it is over or closed. */
export function begin(op: string, args: readonly unknown[], onEvent: OnEvent, bytes?: ArrayBufferView): number {
  const id = nextId++;
  listeners.set(id, onEvent);
  try {
    valueOf(opened().begin(id, op, stringify(args), bufferOf(bytes)));
  } catch (error) {
    listeners.delete(id);
    throw error;
  }
  return id;
}

export function command(id: number, name: string, args: readonly unknown[] = [], bytes?: ArrayBufferView): void {
  valueOf(opened().command(id, name, stringify(args), bufferOf(bytes)));
}

export function close(id: number): void {
  if (listeners.delete(id)) valueOf(opened().close(id));
}

/** A call answered later: the op tells `done` or `failed` once. */
export function ask(op: string, args: readonly unknown[], bytes?: ArrayBufferView): Promise<unknown> {
  return new Promise((resolve, reject) => {
    begin(
      op,
      args,
      (event, value, received) => {
        if (event === 'failed') reject(errorOf(value as ErrorShape));
        else resolve(received ?? value);
      },
      bytes,
    );
  });
}

export function deliver(id: number, event: string, json: string, bytes: ArrayBuffer | undefined, last: boolean): void {
  const listener = listeners.get(id);
  if (last) listeners.delete(id);
  listener?.(event, parse(json), bytes === undefined ? null : new Uint8Array(bytes));
}
