/** Keeps slice `serviceNeeds` true: looks again after every change of the services or of their health. */
import { isDeepStrictEqual } from 'node:util';
import type { Log, NeedEntry, Places, Slice } from '@hearth/contract';
import type { Health } from '../health.ts';
import type { Rows } from '../rows.ts';
import { ToldTitles } from './told-titles.ts';
import { titleFor, verdictOf } from './verdict.ts';

export interface NeedParts {
  readonly rows: Rows;
  readonly health: Health;
  readonly slice: Slice<Record<string, Record<string, NeedEntry>>>;
  readonly places: Pick<Places, 'data'>;
  readonly log: Log;
}

export class NeedStates {
  readonly #parts: NeedParts;
  readonly #titles: ToldTitles;
  #asked = false;

  constructor(parts: NeedParts) {
    this.#parts = parts;
    this.#titles = new ToldTitles(parts.places, parts.log, () => this.look());
  }

  /** Soon; many changes in one turn are one look. */
  look(): void {
    if (this.#asked) return;
    this.#asked = true;
    setImmediate(() => {
      this.#asked = false;
      this.#keep().catch((error: unknown) => this.#parts.log.warn({ err: error }, 'Needs were not looked at'));
    });
  }

  async #keep(): Promise<void> {
    const { slice } = this.#parts;
    const now = this.#all();
    const known = slice.read();
    const changed = [...new Set([...Object.keys(known), ...Object.keys(now)])].filter(
      (id) => !isDeepStrictEqual(known[id], now[id]),
    );
    if (changed.length === 0) return;
    await slice.commit('service.needs', (draft) => {
      for (const id of changed) {
        const entry = now[id];
        if (entry === undefined) delete draft[id];
        else draft[id] = entry;
      }
    });
  }

  #all(): Record<string, Record<string, NeedEntry>> {
    const { rows, health } = this.#parts;
    const found: Record<string, Record<string, NeedEntry>> = {};
    for (const row of rows.all()) {
      const needs = Object.values(row.dependencies).map((need): [string, NeedEntry] => {
        const other = rows.read(need.id);
        const title = titleFor(need.id, other, other === null ? this.#titles.of(row, need.id) : null);
        return [need.id, { ...verdictOf(row, need, other, health.of(need.id)), title }];
      });
      if (needs.length > 0) found[row.id] = Object.fromEntries(needs);
    }
    return found;
  }
}
