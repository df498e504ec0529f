/**
 * Commits numbers through a real store on a file layer with faults. Prints `+n` once a number is durable, `-n` once it
 * was refused, and goes on after that as the kernel would.
 */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { LevelJournal } from '../level-journal.ts';
import { openStore } from '../store.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
// Small, so that a few commits make it begin new files, write tables and merge them.
const journal = new LevelJournal(process.argv[2]!, { writeBufferSize: 65_536 });
const store = await openStore(journal, { log, compactEvery: 12, rowsPerSnapshot: 0, keep: 5 });
const rows = store.slice<Record<string, string>>({
  name: 'rows',
  schema: z.record(z.string(), z.string()),
  initial: {},
});
/** Incompressible, and a part of a buffer. */
const filling = randomBytes(9_000).toString('base64');

const first = Math.max(0, ...Object.keys(rows.read()).map(Number)) + 1;
for (let next = first; next < first + 30; next++) {
  const commit = (key: number) =>
    rows
      .commit('write', (draft) => {
        draft[`${key}`] = `${key}`;
        draft['0'] = `${key}${filling}`;
      })
      .then(
        () => writeSync(1, `+${key}\n`),
        () => writeSync(1, `-${key}\n`),
      );
  await (next % 3 === 0 ? Promise.all([commit(next), commit(++next)]) : commit(next));
}
// Nobody ends while his disk is full: the last of all is written, however often it takes.
for (let left = 40; left > 0; left--) {
  const taken = await rows
    .commit('last', (draft) => void (draft['0'] = `${left}`))
    .then(
      () => true,
      () => false,
    );
  if (taken) break;
}
await store.close().catch(silent);
