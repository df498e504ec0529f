import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LevelJournal } from '../../kernel/core/src/state/level-journal.ts';
import { MemoryJournal } from '../../kernel/core/src/state/memory-journal.ts';
import { journalSuite } from './journal.suite.ts';

journalSuite('MemoryJournal', () => {
  const journal = new MemoryJournal();
  return Promise.resolve({ journal: () => journal, remove: () => Promise.resolve() });
});

journalSuite('LevelJournal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-journal-'));
  return {
    journal: () => new LevelJournal(join(folder, 'journal')),
    remove: () => rm(folder, { recursive: true }),
  };
});
