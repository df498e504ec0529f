/** A journal that lasts as long as the object: for tests, and for whoever wants to look before he leaps. */
import { decode, encode } from './codec.ts';
import type { Journal, JournalRow } from './journal.ts';

export class MemoryJournal implements Journal {
  // Bytes, not objects: what comes back shares nothing with what went in, as from a disk.
  #rows: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  readonly #slices = new Map<string, Uint8Array>();
  #base = 0;

  open(): ReturnType<Journal['open']> {
    return Promise.resolve({
      seq: this.#base,
      slices: new Map([...this.#slices].map(([name, bytes]) => [name, decode(bytes)])),
      rows: this.#rows.filter((row) => row.seq > this.#base).map((row) => decode(row.bytes) as JournalRow),
    });
  }

  append(rows: readonly JournalRow[]): Promise<number> {
    const added = rows.map((row) => ({ seq: row.seq, bytes: encode(row) }));
    this.#rows.push(...added);
    return Promise.resolve(added.reduce((sum, { bytes }) => sum + bytes.length, 0));
  }

  compact(slices: ReadonlyMap<string, unknown>, seq: number, keep: number): Promise<number> {
    let written = 0;
    for (const [name, value] of slices) {
      const bytes = encode(value);
      this.#slices.set(name, bytes);
      written += bytes.length;
    }
    this.#base = seq;
    this.#rows = this.#rows.filter((row) => row.seq > seq - keep);
    return Promise.resolve(written);
  }

  history({ before = Number.POSITIVE_INFINITY, limit }: { before?: number; limit: number }): Promise<JournalRow[]> {
    const rows = this.#rows.filter((row) => row.seq < before).slice(-limit);
    return Promise.resolve(rows.reverse().map((row) => decode(row.bytes) as JournalRow));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
