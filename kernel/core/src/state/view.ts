/**
 * The part of the document a client asked for. The way down to it is always there, so that an operation on it fits; what
 * happens above it is told as what it means for it.
 */
import { forbiddenKeys, type Operation, type Path } from '@hearth/contract';
import { rpcErrors } from '../errors.ts';
import { isObject, valueAt } from './plain.ts';
import { pointerPath } from './pointer.ts';

export interface View {
  /** The same for every client that asked for the same. */
  readonly key: string;
  document(value: Readonly<Record<string, unknown>>): Record<string, unknown>;
  operations(ops: readonly Operation[]): readonly Operation[];
}

/** Everything. */
export const wholeView: View = {
  key: '',
  document: (value) => value,
  operations: (ops) => ops,
};

/** JSON pointers; those beneath another of them are left out. None, or the empty one, is everything. Throws `rpc.noPointer`. */
export function viewOf(pointers: readonly string[] = []): View {
  const all = [...new Set(pointers)].sort().map(pointerPath);
  const odd = all.findIndex((path) => path.some((key) => forbiddenKeys.has(key)));
  if (odd >= 0) throw rpcErrors.noPointer({ pointer: `/${all[odd]?.join('/') ?? ''}` });
  if (all.length === 0 || all.some((path) => path.length === 0)) return wholeView;
  const paths = all.filter((path) => !all.some((other) => other !== path && isBeneath(path, other)));
  return {
    key: JSON.stringify(paths),
    document(value) {
      const document = {};
      for (const path of paths) put(document, path, valueAt(value, path));
      return document;
    },
    operations: (ops) => ops.flatMap((op) => paths.flatMap((path) => seenFrom(path, op))),
  };
}

function seenFrom(path: Path, op: Operation): readonly Operation[] {
  const [changed] = op;
  if (isBeneath(changed, path)) return [op];
  if (!isBeneath(path, changed)) return [];
  const value = op.length === 1 ? undefined : valueAt(op[1], path.slice(changed.length));
  return [value === undefined ? [path] : [path, value]];
}

/** Also of itself. */
function isBeneath(path: Path, above: Path): boolean {
  return above.length <= path.length && above.every((key, at) => String(path[at]) === String(key));
}

function put(document: Record<string, unknown>, path: Path, value: unknown): void {
  let at = document;
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    at = at[key] = isObject(next) ? next : {};
  }
  const last = path.at(-1);
  if (last !== undefined && value !== undefined) at[last] = value;
}
