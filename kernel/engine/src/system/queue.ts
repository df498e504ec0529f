/** One thing at a time per key: the verbs that change one service wait for each other. */

export class Queues {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` after everything asked before under the same key, whether that failed or not. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Until nothing is at work, nor waits, under keys that begin so. */
  async idle(prefix: string): Promise<void> {
    for (;;) {
      const tails = [...this.#tails].filter(([key]) => key.startsWith(prefix)).map(([, tail]) => tail);
      if (tails.length === 0) return;
      await Promise.all(tails);
    }
  }
}
