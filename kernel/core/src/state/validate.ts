/**
 * Checks what a commit touched, and no more: the deepest schema that answers for the changed path.
 *
 * A leaf of an object, or a row of a record, is checked alone. Where the way down is not certain (a union, a refinement
 * of the whole) the nearest certain ancestor is checked.
 */
import type { Operation } from '@hearth/contract';
import type { z } from 'zod';
import { errors } from './errors.ts';
import { isObject, valueAt } from './plain.ts';

interface Definition {
  readonly type: string;
  readonly checks?: readonly unknown[];
  readonly shape?: Record<string, z.ZodType>;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly getter?: () => z.ZodType;
}

/** The deepest schema for `path[at..]` and how far down it stands. */
export function locate(
  schema: z.ZodType,
  path: readonly (string | number)[],
  at: number,
): { schema: z.ZodType; at: number } {
  const definition = schema.def as unknown as Definition;
  const key = path[at];
  if (key === undefined || (definition.checks?.length ?? 0) > 0) return { schema, at };
  const child = childOf(definition, String(key));
  if (child !== undefined) return locate(child, path, at + 1);
  const inner =
    definition.type === 'lazy'
      ? definition.getter?.()
      : transparent.has(definition.type)
        ? definition.innerType
        : undefined;
  return inner === undefined ? { schema, at } : locate(inner, path, at);
}

const transparent = new Set(['optional', 'nullable', 'readonly', 'nonoptional', 'default', 'prefault', 'catch']);

function childOf(definition: Definition, key: string): z.ZodType | undefined {
  if (definition.type === 'object' && definition.shape !== undefined)
    return Object.hasOwn(definition.shape, key) ? definition.shape[key] : undefined;
  if (definition.type === 'record' && definition.keyType?.safeParse(key).success === true) return definition.valueType;
  return undefined;
}

/**
 * Checks the operations of one commit against the slice's schema. `root` is the value of the slice after the change, and
 * may be changed: a value that was set is replaced by what its schema makes of it (unknown keys go). Answers the
 * operations as they are to be kept. Throws `state.invalid`.
 */
export function validate(
  slice: string,
  schema: z.ZodType,
  root: Record<string, unknown>,
  ops: readonly Operation[],
): Operation[] {
  return ops.map((op) => {
    const [path, value] = op;
    const found = locate(schema, path, 1);
    if (op.length === 1 && found.at === path.length) {
      const parent = locate(schema, path.slice(0, -1), 1);
      if (parent.at === path.length - 1 && isRecord(parent.schema)) return op;
      check(slice, found.schema, undefined, path);
      return op;
    }
    if (found.at < path.length) {
      check(slice, found.schema, valueAt(root, path, 1, found.at), path.slice(0, found.at));
      return op;
    }
    const parsed = check(slice, found.schema, value, path);
    if (!isObject(value)) return op;
    const parent = valueAt(root, path, 1, path.length - 1);
    const key = path.at(-1);
    if (!isObject(parent) || key === undefined || parent[key] !== value) return op;
    parent[key] = parsed;
    return [path, parsed];
  });
}

function isRecord(schema: z.ZodType): boolean {
  const definition = schema.def as unknown as Definition;
  if (definition.innerType !== undefined && transparent.has(definition.type)) return isRecord(definition.innerType);
  return definition.type === 'record';
}

function check(slice: string, schema: z.ZodType, value: unknown, path: readonly (string | number)[]): unknown {
  const result = schema.safeParse(value);
  if (result.success) {
    // A default would fill the hole in the answer, but not in the state.
    if (value !== undefined || result.data === undefined) return result.data;
    throw errors.invalid({ slice, path: path.join('.'), reason: 'Required' });
  }
  const issue = result.error.issues[0];
  throw errors.invalid({
    slice,
    path: [...path, ...(issue?.path ?? [])].join('.'),
    reason: issue?.message ?? 'Invalid',
  });
}
