/**
 * Versions of slices: which shape each was written in, kept beside them in the journal as a slice of their own.
 *
 * A slice that stands in an older shape is brought to today's, one version after the other, when its owner claims it. One
 * in a newer shape is not touched: an older release must not guess.
 */
import type { SliceDefinition } from '@hearth/contract';
import { errors } from './errors.ts';
import { copyPlain, isObject } from './plain.ts';

/** No owner has such a name. */
export const versionsSlice = '#versions';

export class Versions {
  readonly #stored: Map<string, number>;

  /** Takes its own slice out of what was journalled. */
  constructor(slices: Map<string, unknown>) {
    const found = slices.get(versionsSlice);
    slices.delete(versionsSlice);
    const rows = isObject(found) ? Object.entries(found) : [];
    this.#stored = new Map(rows.filter((row): row is [string, number] => typeof row[1] === 'number'));
  }

  /** As it is to stand in the journal. */
  get all(): Record<string, number> {
    return Object.fromEntries(this.#stored);
  }

  /** Whether the journal does not say yet that the slice stands in the version of its definition. */
  lacks({ name, version = 1 }: Pick<SliceDefinition<unknown>, 'name' | 'version'>): boolean {
    return (this.#stored.get(name) ?? 1) !== version;
  }

  /** The journal has it now. */
  became({ name, version = 1 }: Pick<SliceDefinition<unknown>, 'name' | 'version'>): void {
    if (this.#stored.has(name) || version !== 1) this.#stored.set(name, version);
  }

  /**
   * What was stored, in the shape of the definition. Throws `state.sliceTooNew`, `state.migrationMissing`,
   * `state.migrationFailed`.
   */
  bring(stored: unknown, definition: SliceDefinition<unknown>): unknown {
    const { name, version = 1, migrations = {} } = definition;
    const from = this.#stored.get(name) ?? 1;
    if (from > version) throw errors.sliceTooNew({ slice: name, stored: from, version });
    let value = stored;
    for (let to = from + 1; to <= version; to++) {
      const migrate = migrations[to];
      if (migrate === undefined) throw errors.migrationMissing({ slice: name, to });
      try {
        // A copy: a migration may change what it is given.
        value = migrate(copyPlain(value) as never);
      } catch (error) {
        throw errors.migrationFailed(
          { slice: name, to, reason: error instanceof Error ? error.message : String(error) },
          error,
        );
      }
    }
    return value;
  }
}
