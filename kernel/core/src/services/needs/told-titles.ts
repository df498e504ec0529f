/** What a package calls those it needs, from its kept archive: for services that are not installed. */
import { join } from 'node:path';
import type { Log, Places, ServiceRow } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { z } from 'zod';
import { keptArchive } from '../install/work.ts';

const metadata = z.object({ title: z.string().min(1).max(200) });

export class ToldTitles {
  /** By package and id: read once, null where nothing is told. */
  readonly #known = new Map<string, string | null>();
  readonly #places: Pick<Places, 'data'>;
  readonly #log: Log;
  readonly #learned: () => void;

  /** @param learned is told when a title became known */
  constructor(places: Pick<Places, 'data'>, log: Log, learned: () => void) {
    this.#places = places;
    this.#log = log;
    this.#learned = learned;
  }

  /** Null until it is known. */
  of(row: ServiceRow, id: string): string | null {
    const key = `${row.package.rootSighash} ${id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, null);
    this.#read(row, id).then(
      (title) => {
        this.#known.set(key, title);
        this.#learned();
      },
      (error: unknown) => this.#log.debug({ err: error, service: row.id, id }, 'A dependency has no title'),
    );
    return null;
  }

  async #read(row: ServiceRow, id: string): Promise<string> {
    const path = join(this.#places.data, keptArchive(row.id, row.package.rootSighash));
    const archive = await openFile(path, { tree: 'root' });
    try {
      const bytes = await archive.read(`dependencies/${id}/metadata.json`, { limit: 65_536 });
      return metadata.parse(JSON.parse(new TextDecoder().decode(bytes))).title;
    } finally {
      await archive.close();
    }
  }
}
