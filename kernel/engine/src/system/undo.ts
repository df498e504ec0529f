/** What has to be taken back when a verb fails half way. */

export class Undo {
  readonly #steps: (() => unknown)[] = [];

  push(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Takes everything back, last first; one step's failure does not keep the others from running. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch {
        // The reason of the failure is what the caller has to hear; the next start sweeps what is left.
      }
    }
  }
}

/** Runs `work`; on failure everything it pushed is taken back before the error goes on. */
export async function undoing<T>(work: (undo: Undo) => Promise<T>): Promise<T> {
  const undo = new Undo();
  try {
    return await work(undo);
  } catch (cause) {
    await undo.run();
    throw cause;
  }
}
