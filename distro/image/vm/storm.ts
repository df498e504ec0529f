/** Many small commits from several sides at once, each noted when it was acknowledged, until the plug is pulled. */
import assert from 'node:assert/strict';
import type { Client } from './client.ts';
import type { Shell } from './shell.ts';

const home = '/var/lib/hearth-storm';
const url = (number: number): string => `file://${home}/${number}/`;
const lanes = 4;

/** Folders that the marketplace takes for registries. */
export async function makeRegistries(shell: Shell, count: number): Promise<void> {
  await shell.run(
    `for n in $(seq 1 ${count}); do mkdir -p ${home}/$n && printf '{"format":1,"name":"%s","packages":{}}' $n > ${home}/$n/index.json; done; sync`,
  );
}

export interface Change {
  readonly url: string;
  /** Whether the registry is there after it. */
  readonly there: boolean;
  /** Bytes of the log of writes when it was asked for, and when it was acknowledged (null: it never was). */
  readonly asked: number;
  readonly acknowledged: number | null;
}

/**
 * Four lanes add and remove registries, each its own; `cut` comes once `enough` resolves, in the middle of it. `written`
 * tells how many bytes the log of writes has.
 */
export async function storm(
  client: Client,
  registries: number,
  written: () => Promise<number>,
  enough: () => Promise<void>,
  cut: () => Promise<void>,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  let over = false;
  const isOver = (): boolean => over;
  const change = async (number: number, there: boolean): Promise<void> => {
    const asked = await written();
    const known = { url: url(number), there, asked };
    try {
      const method = there ? 'registry.add' : 'registry.remove';
      await client.call(method, { url: known.url });
      changes.push({ ...known, acknowledged: await written() });
    } catch (error) {
      if (!isOver()) throw error;
      changes.push({ ...known, acknowledged: null });
    }
  };
  const lane = async (first: number): Promise<void> => {
    for (let there = true; ; there = !there) {
      for (let number = first; number <= registries; number += lanes) {
        if (isOver()) return;
        await change(number, there);
      }
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, (_, place) => lane(place + 1)));
  await Promise.race([all, enough()]);
  over = true;
  await cut();
  await all;
  return changes;
}

/** What a machine knows of the storm after it. */
export interface Found {
  /** Registries that are there. */
  readonly urls: ReadonlySet<string>;
  /** How many changes of each its history has. */
  readonly changes: ReadonlyMap<string, number>;
}

/** Revisions do not last beyond a start: state and history are asked. */
export async function readStorm(client: Client): Promise<Found> {
  const { value } = await client.call<{ value: object }>('db.dump', { pointer: '/marketplace/registries' });
  const changes = new Map<string, number>();
  let before: number | undefined;
  do {
    const { rows } = await client.call<{ rows: HistoryRow[] }>('db.history', { limit: historyPage, before });
    for (const { paths } of rows) {
      const [address] = paths.flatMap((path) => /^\/marketplace\/registries\/([^/]+)/.exec(path)?.[1] ?? []);
      if (address === undefined) continue;
      const known = address.replaceAll('~1', '/').replaceAll('~0', '~');
      changes.set(known, (changes.get(known) ?? 0) + 1);
    }
    before = rows.length < historyPage ? undefined : rows.at(-1)?.seq;
  } while (before !== undefined);
  return { urls: new Set(Object.keys(value)), changes };
}

interface HistoryRow {
  readonly seq: number;
  readonly paths: readonly string[];
}
const historyPage = 1000;

/** What must be found after a cut when the log was `end` bytes long. A change that was under way may have come or not. */
export function checkStorm(changes: readonly Change[], end: number, found: Found): { readonly acknowledged: number } {
  const known = changes.filter(({ acknowledged }) => acknowledged !== null && acknowledged <= end);
  for (const address of new Set(known.map((each) => each.url))) {
    const own = known.filter((each) => each.url === address);
    const count = found.changes.get(address) ?? 0;
    assert.ok(count >= own.length, `${address} has ${count} changes of the ${own.length} that were acknowledged`);
    const underWay = changes.some((each) => each.url === address && each.asked <= end && !known.includes(each));
    if (!underWay) assert.equal(found.urls.has(address), own.at(-1)?.there, address);
  }
  return { acknowledged: known.length };
}
