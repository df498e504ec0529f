/** Data of one plugin: a file for each key, named by its hash, so that no key is ever part of a path. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusals } from './errors.ts';

const mostKeys = 2000;

export interface Storage {
  get(key: string): Promise<unknown>;
  /** Throws `plugin.full` where it would have more than `limit` bytes. */
  set(key: string, value: unknown, limit: number): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<readonly string[]>;
}

/** One thing after the other: what is counted is what is there. */
export function openStorage(folder: string): Storage {
  let sizes: Map<string, number> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: (known: Map<string, number>) => Promise<T>): Promise<T> => {
    const mine = queue.then(async () => work((sizes ??= await takeStock(folder))));
    queue = mine.catch(() => undefined);
    return mine;
  };
  const nameOf = (key: string): string => `${createHash('sha256').update(key).digest('hex')}.json`;
  return {
    get: (key) =>
      inTurn(async (known) => (known.has(nameOf(key)) ? (await read(join(folder, nameOf(key)))).value : null)),
    set: (key, value, limit) =>
      inTurn(async (known) => {
        const name = nameOf(key);
        const bytes = Buffer.from(JSON.stringify({ key, value }));
        const others = [...known].reduce((sum, [other, size]) => (other === name ? sum : sum + size), 0);
        if (others + bytes.length > limit) throw refusals.full({ limit: `${Math.floor(limit / 1024 / 1024)} MB` });
        if (!known.has(name) && known.size >= mostKeys) throw refusals.full({ limit: `${mostKeys} keys` });
        await writeFile(join(folder, `${name}.new`), bytes, { mode: 0o600, flush: true });
        await rename(join(folder, `${name}.new`), join(folder, name));
        known.set(name, bytes.length);
      }),
    delete: (key) =>
      inTurn(async (known) => {
        await rm(join(folder, nameOf(key)), { force: true });
        known.delete(nameOf(key));
      }),
    keys: () =>
      inTurn((known) => Promise.all([...known.keys()].map(async (name) => (await read(join(folder, name))).key))),
  };
}

async function takeStock(folder: string): Promise<Map<string, number>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = new Map<string, number>();
  for (const name of await readdir(folder)) {
    if (name.endsWith('.json')) known.set(name, (await stat(join(folder, name))).size);
    else await rm(join(folder, name), { force: true });
  }
  return known;
}

async function read(file: string): Promise<{ readonly key: string; readonly value: unknown }> {
  return JSON.parse(await readFile(file, 'utf8')) as { key: string; value: unknown };
}
