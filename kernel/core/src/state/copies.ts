/**
 * The copies one slice's commits work on.
 *
 * What readers hold never changes, so a commit copies what it changes. For an object of thousands of keys that copy is
 * the whole cost of a small change. But where nobody has read the slice since the last commit, the version before that
 * one is still at hand and held by nobody: it is brought up to date, key by key, and used in place of a new copy. Large
 * objects are frozen when somebody reads them, the others when they are published.
 */

type Container = Record<string, unknown>;

/** The version of an object before the published one, and the keys in which they differ. */
interface Spare {
  readonly object: Container;
  readonly keys: ReadonlySet<string>;
}

/** A copy of a large object. `keys` are those that changed since; null where more than values did. */
interface Made {
  readonly from: Container;
  keys: Set<string> | null;
}

export class Copies {
  readonly #large: number;
  /** Made for the commits under way: may be changed in place. */
  readonly #mine = new Set<Container>();
  readonly #made = new Map<Container, Made>();
  /** Published, large and read by nobody: not frozen yet. Emptied by the next reader. */
  #unread = new Set<Container>();
  readonly #spares = new WeakMap<Container, Spare>();

  /** `large`: from how many keys on a spare is worth its memory. */
  constructor(large = 256) {
    this.#large = large;
  }

  /** Whether `object` may be changed in place. */
  owns(object: Container): boolean {
    return this.#mine.has(object);
  }

  /** Whether `object` was part of the slice before the commit that asks. */
  knows(object: Container): boolean {
    return this.#mine.has(object) || this.#unread.has(object) || Object.isFrozen(object);
  }

  /** A copy of `object` that may be changed, with its keys in the same order. */
  copy(object: Container): Container {
    const spare = this.#spares.get(object);
    const copy = spare === undefined ? { ...object } : broughtUpToDate(spare, object);
    // Only once: it is no spare any more.
    this.#spares.delete(object);
    this.#mine.add(copy);
    if (spare !== undefined || Object.keys(copy).length >= this.#large)
      this.#made.set(copy, { from: object, keys: new Set() });
    return copy;
  }

  /** The change `copy` was made for has not happened: what it was made from stays. */
  forget(copy: Container): void {
    this.#mine.delete(copy);
    this.#made.delete(copy);
  }

  /** Tells that the value of `key` is another one. */
  changed(object: Container, key: string): void {
    this.#made.get(object)?.keys?.add(key);
  }

  /** Tells that a key went, or came and went: its place among the others is not what a spare would give it. */
  reordered(object: Container): void {
    const made = this.#made.get(object);
    if (made !== undefined) made.keys = null;
  }

  /** The commits under way are what readers see from now on. */
  publish(): void {
    for (const copy of this.#mine) {
      const made = this.#made.get(copy);
      if (made === undefined) {
        Object.freeze(copy);
        continue;
      }
      this.#unread.add(copy);
      const unread = this.#unread.delete(made.from);
      if (unread && made.keys !== null) this.#spares.set(copy, { object: made.from, keys: made.keys });
    }
    this.discard();
  }

  /** The commits under way have not happened. */
  discard(): void {
    this.#mine.clear();
    this.#made.clear();
  }

  /** Somebody is about to hold what is published: it never changes again. */
  witness(): void {
    if (this.#unread.size === 0) return;
    for (const object of this.#unread) Object.freeze(object);
    this.#unread = new Set();
  }
}

function broughtUpToDate({ object, keys }: Spare, published: Container): Container {
  for (const key of keys) object[key] = published[key];
  return object;
}
