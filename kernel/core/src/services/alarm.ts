/** One thing to be done later, which can be put off or called off; it keeps no process alive. */
export class Alarm {
  #timer: NodeJS.Timeout | null = null;

  /** In place of what was set before. */
  set(afterMs: number, work: () => void): void {
    this.cancel();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      work();
    }, afterMs).unref();
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
