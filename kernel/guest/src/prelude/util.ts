/* eslint-disable no-console -- the script's own console, which is its log */
/** `util`. */
import { format, inspect } from './inspect.ts';
import { typesMore, utilMore } from './util-more.ts';
import { TextDecoder, TextEncoder } from './text.ts';

type Callback = (error: unknown, ...values: unknown[]) => void;
type Callable = (this: unknown, ...args: unknown[]) => unknown;

const customPromisify = Symbol.for('nodejs.util.promisify.custom');

export function promisify(original: Callable): Callable {
  const own = (original as unknown as Record<symbol, unknown>)[customPromisify];
  if (typeof own === 'function') return own as Callable;
  return function (this: unknown, ...args: unknown[]) {
    return new Promise((resolve, reject) => {
      const done: Callback = (error, value) => {
        if (error === null || error === undefined) resolve(value);
        else (reject as (error: unknown) => void)(error);
      };
      original.call(this, ...args, done);
    });
  };
}

promisify.custom = customPromisify;

function callbackify(original: (...args: unknown[]) => Promise<unknown>): Callable {
  return function (this: unknown, ...args: unknown[]) {
    const done = args.pop() as Callback;
    original.call(this, ...args).then(
      (value) => done(null, value),
      (error: unknown) => done(error),
    );
  };
}

function inherits(child: { prototype: object; super_?: unknown }, parent: { prototype: object }): void {
  Object.defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(child.prototype, parent.prototype);
}

const warned = new Set<string>();

function deprecate(original: Callable, message: string): Callable {
  return function (this: unknown, ...args: unknown[]) {
    if (!warned.has(message)) console.warn(message);
    warned.add(message);
    return original.apply(this, args);
  };
}

function sameEntries(first: object, second: object, pairs: Map<object, object>): boolean {
  const keys = Object.keys(first);
  if (keys.length !== Object.keys(second).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(second, key) &&
      same((first as Record<string, unknown>)[key], (second as Record<string, unknown>)[key], pairs),
  );
}

/** For kinds whose meaning is not in their own keys; null for the rest. */
function sameKind(first: object, second: object, pairs: Map<object, object>): boolean | null {
  if (first instanceof Date) return first.getTime() === (second as Date).getTime();
  if (first instanceof RegExp) return inspect(first) === inspect(second);
  if (first instanceof Error && first.message !== (second as Error).message) return false;
  if (first instanceof Map || first instanceof Set) return same([...first], [...(second as Iterable<unknown>)], pairs);
  return Array.isArray(first) && first.length !== (second as unknown[]).length ? false : null;
}

function same(first: unknown, second: unknown, pairs: Map<object, object>): boolean {
  if (Object.is(first, second)) return true;
  if (typeof first !== 'object' || typeof second !== 'object' || first === null || second === null) return false;
  if (pairs.get(first) === second) return true;
  pairs.set(first, second);
  if (Object.getPrototypeOf(first) !== Object.getPrototypeOf(second)) return false;
  return sameKind(first, second, pairs) ?? sameEntries(first, second, pairs);
}

export function isDeepStrictEqual(first: unknown, second: unknown): boolean {
  return same(first, second, new Map());
}

const tagged = (name: string) => (value: unknown) => Object.prototype.toString.call(value) === `[object ${name}]`;

export const types = {
  isDate: tagged('Date'),
  isRegExp: tagged('RegExp'),
  isMap: tagged('Map'),
  isSet: tagged('Set'),
  isWeakMap: tagged('WeakMap'),
  isWeakSet: tagged('WeakSet'),
  isPromise: tagged('Promise'),
  isNativeError: (value: unknown) => value instanceof Error,
  isProxy: () => false,
  isBoxedPrimitive: (value: unknown) => value instanceof String || value instanceof Number || value instanceof Boolean,
  isGeneratorFunction: tagged('GeneratorFunction'),
  isAsyncFunction: tagged('AsyncFunction'),
  isArrayBuffer: tagged('ArrayBuffer'),
  isSharedArrayBuffer: tagged('SharedArrayBuffer'),
  isAnyArrayBuffer: (value: unknown) => tagged('ArrayBuffer')(value) || tagged('SharedArrayBuffer')(value),
  isArrayBufferView: (value: unknown) => ArrayBuffer.isView(value),
  isTypedArray: (value: unknown) => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isUint8Array: (value: unknown) => value instanceof Uint8Array,
  isDataView: (value: unknown) => value instanceof DataView,
  ...typesMore,
};

const escapes = /\u001B\[[0-9;]*[A-Za-z]/g;

export const util = {
  promisify,
  callbackify,
  inherits,
  deprecate,
  inspect,
  format,
  types,
  isDeepStrictEqual,
  TextEncoder,
  TextDecoder,
  debuglog: () => Object.assign(() => undefined, { enabled: false }),
  debug: () => Object.assign(() => undefined, { enabled: false }),
  log: (...values: unknown[]) => console.log(...values),
  stripVTControlCharacters: (text: string) => text.replaceAll(escapes, ''),
  toUSVString: (text: string) => text.toWellFormed(),
  ...utilMore,
  isArray: Array.isArray,
  isBoolean: (value: unknown) => typeof value === 'boolean',
  isSymbol: (value: unknown) => typeof value === 'symbol',
  isBuffer: (value: unknown) => value instanceof Uint8Array,
  isRegExp: types.isRegExp,
  isDate: types.isDate,
  isError: types.isNativeError,
  isFunction: (value: unknown) => typeof value === 'function',
  isString: (value: unknown) => typeof value === 'string',
  isNumber: (value: unknown) => typeof value === 'number',
  isObject: (value: unknown) => typeof value === 'object' && value !== null,
  isUndefined: (value: unknown) => value === undefined,
  isNull: (value: unknown) => value === null,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isPrimitive: (value: unknown) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
};
