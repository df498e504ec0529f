/** Tells when the guest is quiet, for what can wait until then. */

/** A start, a stop or an action is over, and what it leads to at once as well. */
const quietAfterMs = 1000;

/** Acts once, when nothing has stirred for a while. */
export class Quiet {
  readonly #act: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(act: () => void) {
    this.#act = act;
  }

  stir(): void {
    this.close();
    this.#timer = setTimeout(this.#act, quietAfterMs).unref();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
