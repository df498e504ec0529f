/** When it is time to write the whole document down again. */

export interface CompactionOptions {
  /** Rows between two snapshots, at least. */
  readonly compactEvery: number;
  /**
   * Bytes of rows for each byte of the snapshot before, at least: writing a large document again and again would hold up
   * the commits. Four: a start reads at most about five times the document.
   */
  readonly rowsPerSnapshot: number;
}

export class Compaction {
  readonly #options: CompactionOptions;
  #rows: number;
  #bytes = 0;
  #snapshot = 0;

  /** `rows`: those the journal had when it was opened. */
  constructor(rows: number, options: CompactionOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  /** Whether a snapshot would say more than the one before. */
  get useful(): boolean {
    return this.#rows > 0;
  }

  get due(): boolean {
    const { compactEvery, rowsPerSnapshot } = this.#options;
    return this.#rows >= compactEvery && this.#bytes >= this.#snapshot * rowsPerSnapshot;
  }

  appended(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
  }

  /** `bytes` of the new snapshot; absent where it failed: not again at every commit, the rows are durable. */
  done(bytes = this.#snapshot): void {
    this.#rows = 0;
    this.#bytes = 0;
    this.#snapshot = bytes;
  }
}
