/** The parts of an archive that something points at: each must lie inside, and none may share bytes with another. */
import { errors } from '../errors.ts';

interface Region {
  readonly start: number;
  readonly end: number;
  readonly path: string;
}

export class Regions {
  readonly #size: number;
  readonly #taken: Region[] = [];

  /** @param size bytes of the archive. */
  constructor(size: number) {
    this.#size = size;
  }

  /** @throws s9pk.outOfBounds */
  add(start: number, length: number, path: string): void {
    if (start + length > this.#size) throw errors.outOfBounds({ path });
    // An empty file occupies nothing, so it may stand where its neighbour starts.
    if (length > 0) this.#taken.push({ start, end: start + length, path });
  }

  /** @throws s9pk.overlap */
  check(): void {
    this.#taken.sort((a, b) => a.start - b.start);
    let end = 0;
    for (const region of this.#taken) {
      if (region.start < end) throw errors.overlap({ path: region.path });
      end = region.end;
    }
  }
}
