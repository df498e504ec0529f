/** Commits numbers through a real store until it is killed; prints each once it is durable. */
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { LevelJournal } from '../level-journal.ts';
import { openStore } from '../store.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };
const store = await openStore(new LevelJournal(process.argv[2]!), {
  log,
  compactEvery: 40,
  rowsPerSnapshot: 0,
  keep: 10,
});
const counts = store.slice<Record<string, number>>({
  name: 'counts',
  schema: z.record(z.string(), z.number()),
  initial: {},
});

let next = Math.max(0, ...Object.values(counts.read())) + 1;
for (;;) {
  const batch = Array.from({ length: 1 + (next % 5) }, () => next++);
  await Promise.all(
    batch.map((number) =>
      counts.commit('count', (draft) => {
        draft[`n${number}`] = number;
      }),
    ),
  );
  for (const number of batch) writeSync(1, `${number}\n`);
}
