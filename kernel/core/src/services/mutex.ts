/** One at a time, in the order they came. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();
  #held = 0;

  get busy(): boolean {
    return this.#held > 0;
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = before.then(() => promise);
    this.#held += 1;
    try {
      await before;
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#held -= 1;
      resolve();
    }
  }
}
