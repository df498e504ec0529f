/** What an engine that was killed had on its way, in folders of its own: nobody asks for it any more. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../host/machine.ts';
import { removeWholeTree } from './trees.ts';

/** Before anything is asked of this engine. Snapshots stay: they belong to jobs, which drop them. */
export async function sweepUnfinished({ layout }: Machine): Promise<void> {
  const restores = await namesOf(layout.restores);
  const probes = (await namesOf(layout.snapshots)).filter((name) => name.startsWith('.probe-'));
  for (const name of restores) await removeWholeTree(join(layout.restores, name));
  for (const name of probes) await removeWholeTree(join(layout.snapshots, name));
}

async function namesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
