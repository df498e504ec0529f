/** Plain JSON data: copied, compared, frozen. */
import { forbiddenKeys } from '@hearth/contract';
import { errors } from './errors.ts';

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

const deepest = 64;

/**
 * A deep copy that shares nothing with `value`. Keys whose value is undefined are left out.
 * Throws `state.notPlain`, `state.forbiddenKey`, `state.tooDeep`.
 */
export function copyPlain(value: unknown, depth = 0): Plain {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw errors.notPlain({ type: String(value) });
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= deepest) throw errors.tooDeep({ limit: deepest });
      return Array.isArray(value) ? value.map((item) => copyPlain(item, depth + 1)) : copyObject(value, depth);
    default:
      throw errors.notPlain({ type: typeof value });
  }
}

function copyObject(value: object, depth: number): Plain {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    // Objects of another realm (jest, vm) have another Object.prototype; it has no prototype of its own either.
    if (Object.getPrototypeOf(prototype) !== null) throw errors.notPlain({ type: value.constructor.name });
  }
  const copy: Record<string, Plain> = {};
  for (const key of Object.keys(value)) {
    if (forbiddenKeys.has(key)) throw errors.forbiddenKey({ key });
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) copy[key] = copyPlain(item, depth + 1);
  }
  return copy;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether two plain values are the same data; the order of keys does not count. */
export function equalPlain(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && equalPlain(one[key], other[key]));
}

/** Freezes a tree of plain data; branches that are frozen already are taken to be so all the way down. */
export function freezePlain<T>(value: T): T {
  if (!isObject(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Object.keys(value)) freezePlain(value[key]);
  return value;
}

/** Follows `path` from `root`; undefined where it ends early. */
export function valueAt(root: unknown, path: readonly (string | number)[], from = 0, to = path.length): unknown {
  let value = root;
  for (let at = from; at < to; at++) {
    const key = path[at];
    if (!isObject(value) || key === undefined || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
