/**
 * Records operations while a draft is changed.
 *
 * What readers hold never changes: objects are copied on their first change, along the path to the root. Copies made
 * for one batch of commits are changed in place by the next commit of the batch. Cost depends on the change, not on the
 * size of the document (copies.ts).
 */
import { forbiddenKeys, type Operation } from '@hearth/contract';
import type { Copies } from './copies.ts';
import { errors } from './errors.ts';
import { copyPlain, equalPlain, freezePlain, isObject } from './plain.ts';

type Container = Record<string, unknown>;

interface Node {
  readonly parent: Node | null;
  readonly key: string;
  /** What stands in the tree now. */
  target: Container;
  /** Part of a value this commit has set: changed in place, the operation that set it says it all. */
  readonly covered: boolean;
  readonly children: Map<string, Child>;
  readonly proxy: object;
}
type Child = { readonly node: Node } | { readonly original: readonly unknown[]; readonly copy: unknown[] };

export interface Recording {
  readonly root: Container;
  readonly ops: Operation[];
  /** Takes every change back. */
  undo(): void;
}

/**
 * Runs `change` on a draft of `root`; `path` is put before the path of every operation; `copies` are those of the slice. If `change` throws, everything is taken back and the error goes on.
 */
export function record(
  root: Container,
  path: readonly string[],
  copies: Copies,
  change: (draft: never) => unknown,
): Recording {
  const draft = new Draft(root, path, copies);
  try {
    const result = change(draft.proxy as never);
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw errors.draftAsync({ slice: path[0] });
    }
    draft.settleArrays();
  } catch (error) {
    draft.undo();
    throw error;
  } finally {
    draft.close();
  }
  return { root: draft.root, ops: draft.ops, undo: () => draft.undo() };
}

class Draft {
  readonly ops: Operation[] = [];
  readonly #path: readonly string[];
  readonly #copies: Copies;
  readonly #node: Node;
  readonly #arrays: { readonly node: Node; readonly key: string }[] = [];
  readonly #undo: (() => void)[] = [];
  #open = true;

  constructor(root: Container, path: readonly string[], copies: Copies) {
    this.#path = path;
    this.#copies = copies;
    this.#node = this.#makeNode(null, '', root, false);
  }

  get proxy(): object {
    return this.#node.proxy;
  }

  get root(): Container {
    return this.#node.target;
  }

  close(): void {
    this.#open = false;
  }

  undo(): void {
    for (let step = this.#undo.pop(); step !== undefined; step = this.#undo.pop()) step();
  }

  /** Arrays are handed out as copies; those that differ in the end are set as a whole. */
  settleArrays(): void {
    for (const { node, key } of this.#arrays) {
      const child = node.children.get(key);
      if (child === undefined || 'node' in child || node.target[key] !== child.original) continue;
      if (!this.#attached(node) || equalPlain(child.original, child.copy)) continue;
      this.#put(node, key, copyPlain(child.copy));
    }
  }

  #makeNode(parent: Node | null, key: string, target: Container, covered: boolean): Node {
    const node = { parent, key, target, covered, children: new Map<string, Child>() };
    return Object.assign(node, { proxy: new Proxy({}, this.#handler(node as unknown as Node)) });
  }

  #handler(node: Node): ProxyHandler<object> {
    return {
      get: (empty, key) =>
        typeof key === 'symbol' ? (Reflect.get(empty, key) as unknown) : this.#get(node, key, empty),
      has: (_, key) => this.#own(node, key),
      ownKeys: () => this.#keys(node),
      getOwnPropertyDescriptor: (empty, key) =>
        typeof key === 'string' && this.#own(node, key)
          ? { value: this.#get(node, key, empty), writable: true, enumerable: true, configurable: true }
          : undefined,
      set: (_, key, value) => this.#set(node, key, value),
      deleteProperty: (_, key) => this.#set(node, key, undefined),
      defineProperty: () => false,
      setPrototypeOf: () => false,
      preventExtensions: () => false,
    };
  }

  #own(node: Node, key: string | symbol): boolean {
    if (!this.#open) throw errors.draftClosed();
    return Object.hasOwn(node.target, key);
  }

  #keys(node: Node): string[] {
    if (!this.#open) throw errors.draftClosed();
    return Object.keys(node.target);
  }

  #get(node: Node, key: string, empty: object): unknown {
    if (!this.#own(node, key)) return Reflect.get(empty, key);
    const value = node.target[key];
    if (!isObject(value)) return value;
    const known = node.children.get(key);
    if (Array.isArray(value)) {
      if (known !== undefined && 'copy' in known && known.original === value) return known.copy;
      const copy = structuredClone(value) as unknown[];
      node.children.set(key, { original: value, copy });
      this.#arrays.push({ node, key });
      return copy;
    }
    if (known !== undefined && 'node' in known && known.node.target === value) return known.node.proxy;
    const covered = node.covered || !this.#copies.knows(value);
    const child = this.#makeNode(node, key, value, covered);
    node.children.set(key, { node: child });
    return child.proxy;
  }

  #set(node: Node, key: string | symbol, value: unknown): boolean {
    if (!this.#open) throw errors.draftClosed();
    if (typeof key === 'symbol') throw errors.notPlain({ type: 'symbol' });
    if (forbiddenKeys.has(key)) throw errors.forbiddenKey({ key });
    const had = Object.hasOwn(node.target, key);
    if (value === undefined && !had) return true;
    const next = value === undefined ? undefined : copyPlain(value);
    if (had && next !== undefined && equalPlain(node.target[key], next) && !this.#pending(node, key)) return true;
    if (!this.#attached(node)) throw errors.draftDetached({ key });
    this.#put(node, key, next);
    return true;
  }

  /** An array copy that is out may have been changed: setting the old value then is no repetition. */
  #pending(node: Node, key: string): boolean {
    const child = node.children.get(key);
    return child !== undefined && 'copy' in child;
  }

  #put(node: Node, key: string, next: unknown): void {
    const target = this.#ownTarget(node);
    const had = Object.hasOwn(target, key);
    const old = target[key];
    if (next === undefined) delete target[key];
    else target[key] = next;
    node.children.delete(key);
    if (node.covered) return;
    if (next === undefined) this.#copies.reordered(target);
    else this.#copies.changed(target, key);
    this.#undo.push(() => {
      if (had) target[key] = old;
      else delete target[key];
      if (!had) this.#copies.reordered(target);
    });
    const path = [...this.#path, ...pathOf(node), key];
    this.ops.push(next === undefined ? [path] : [path, next]);
  }

  /** The node's object, made safe to change. */
  #ownTarget(node: Node): Container {
    if (node.covered || this.#copies.owns(node.target)) return node.target;
    const original = node.target;
    const copy = this.#copies.copy(original);
    this.#undo.push(() => this.#copies.forget(copy));
    if (node.parent !== null) {
      const parent = this.#ownTarget(node.parent);
      parent[node.key] = copy;
      this.#copies.changed(parent, node.key);
      this.#undo.push(() => void (parent[node.key] = original));
    }
    node.target = copy;
    return copy;
  }

  #attached(node: Node): boolean {
    for (let at = node; at.parent !== null; at = at.parent) if (at.parent.target[at.key] !== at.target) return false;
    return true;
  }
}

function pathOf(node: Node): string[] {
  const path: string[] = [];
  for (let at = node; at.parent !== null; at = at.parent) path.unshift(at.key);
  return path;
}

/** Ends a commit: what its operations say can no longer be changed. */
export function sealOperations(ops: readonly Operation[]): void {
  for (const op of ops) freezePlain(op[1]);
}
