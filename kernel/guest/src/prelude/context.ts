/* eslint-disable no-console -- the script's own console, which is its log */
/**
 * The tree of contexts: each holds the callbacks registered in it, and what must be done when it is left.
 *
 * Ids are of one counter for the whole script. A callback fires once; one whose context was left is never found.
 */
export type Callback = (...args: unknown[]) => unknown;
type LeaveHandler = () => unknown;

let nextCallback = 1;

export class Context {
  readonly path: string;
  readonly #callbacks = new Map<number, Callback>();
  readonly #children = new Map<string, Context>();
  #leaveHandlers: LeaveHandler[] = [];
  #left = false;

  constructor(path: string) {
    this.path = path;
  }

  get left(): boolean {
    return this.#left;
  }

  add(callback: Callback): number | null {
    if (this.#left) return null;
    const id = nextCallback++;
    this.#callbacks.set(id, callback);
    return id;
  }

  /** Takes the callback out of the tree, so that it can fire once. */
  take(id: number): Callback | null {
    const own = this.#callbacks.get(id);
    if (own !== undefined) {
      this.#callbacks.delete(id);
      return own;
    }
    for (const child of this.#children.values()) {
      const found = child.take(id);
      if (found !== null) return found;
    }
    return null;
  }

  forget(ids: { only: number[] } | { except: number[] }): void {
    const kept = 'except' in ids ? new Set(ids.except) : null;
    const dropped = 'only' in ids ? new Set(ids.only) : null;
    for (const id of this.#callbacks.keys()) if (dropped?.has(id) ?? !kept?.has(id)) this.#callbacks.delete(id);
    for (const child of this.#children.values()) child.forget(ids);
  }

  /** A fresh child; the one of the same name before it is left first. */
  child(name: string): Context {
    this.leaveChild(name);
    const child = new Context(this.path === '' ? name : `${this.path}/${name}`);
    this.#children.set(name, child);
    return child;
  }

  leaveChild(name: string): void {
    this.#children.get(name)?.leave();
    this.#children.delete(name);
  }

  onLeave(handler: LeaveHandler): void {
    this.#leaveHandlers.push(handler);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    for (const name of [...this.#children.keys()]) this.leaveChild(name);
    this.#callbacks.clear();
    const handlers = this.#leaveHandlers;
    this.#leaveHandlers = [];
    for (const handler of handlers) {
      try {
        void Promise.resolve(handler()).catch((error: unknown) => console.error('Leaving a context failed:', error));
      } catch (error) {
        console.error('Leaving a context failed:', error);
      }
    }
  }
}
