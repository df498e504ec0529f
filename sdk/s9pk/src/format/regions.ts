/** The parts of an archive that something points at: each must lie inside, and none may share bytes with another. */
import { errors } from '../errors.ts';

/** A file, a stored directory, the header. */
export interface Region {
  readonly name: string;
  readonly position: number;
  /** Bytes here: of a directory `stored`, of anything else `size`. */
  readonly size: number;
  readonly stored?: number;
}

export class Regions {
  readonly #size: number;
  /** The entries themselves, not copies: there may be tens of thousands. */
  readonly #taken: Region[] = [];

  /** @param size bytes of the archive. */
  constructor(size: number) {
    this.#size = size;
  }

  /** @throws s9pk.outOfBounds */
  add(region: Region): void {
    if (endOf(region) > this.#size) throw errors.outOfBounds({ path: region.name });
    // An empty file occupies nothing, so it may stand where its neighbour starts.
    if (endOf(region) > region.position) this.#taken.push(region);
  }

  /** @throws s9pk.overlap */
  check(): void {
    this.#taken.sort((a, b) => a.position - b.position);
    let end = 0;
    for (const region of this.#taken) {
      if (region.position < end) throw errors.overlap({ path: region.name });
      end = endOf(region);
    }
  }
}

function endOf(region: Region): number {
  return region.position + (region.stored ?? region.size);
}
