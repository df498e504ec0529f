/** Many small commits from several sides at once, each noted when it was acknowledged, until the plug is pulled. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Shell } from './shell.ts';

const home = '/var/lib/hearth-storm';
const url = (number: number): string => `file://${home}/${number}/`;

/** Folders that the marketplace takes for registries. */
export async function makeRegistries(shell: Shell, count: number): Promise<void> {
  await shell.run(
    `for n in $(seq 1 ${count}); do mkdir -p ${home}/$n && cp /usr/lib/hearth/registry/index.json ${home}/$n/; done`,
  );
}

export interface StormResult {
  /** By address: whether the last acknowledged change left it there. An address with a change in flight is not in it. */
  readonly acknowledged: ReadonlyMap<string, boolean>;
  /** The highest revision that was acknowledged. */
  readonly rev: number;
  readonly count: number;
}

/** Four lanes add and remove registries, each its own; `cut` comes after `lastsMs`, in the middle of it. */
export async function storm(
  client: Client,
  registries: number,
  lastsMs: number,
  cut: () => Promise<void>,
): Promise<StormResult> {
  const acknowledged = new Map<string, boolean>();
  const lanes = 4;
  let [rev, count, over] = [0, 0, false];
  const isOver = (): boolean => over;
  const lane = async (first: number): Promise<void> => {
    for (let there = true; ; there = !there) {
      for (let number = first; number <= registries; number += lanes) {
        const known = acknowledged.get(url(number));
        acknowledged.delete(url(number));
        try {
          const answer = await client.call<{ rev: number }>(there ? 'registry.add' : 'registry.remove', {
            url: url(number),
          });
          acknowledged.set(url(number), there);
          rev = Math.max(rev, answer.rev);
          count += 1;
        } catch (error) {
          if (isOver()) return;
          throw new Error(`Registry ${number}, known as ${String(known)}`, { cause: error });
        }
        if (isOver()) return;
      }
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, (_, place) => lane(place + 1)));
  await Promise.race([all, sleep(lastsMs)]);
  over = true;
  await cut();
  await all;
  if (count < 40) throw new Error(`Only ${count} commits in ${lastsMs / 1000} s: no storm`);
  return { acknowledged, rev, count };
}
