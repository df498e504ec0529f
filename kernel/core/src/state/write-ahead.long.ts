import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HearthError } from '@hearth/contract';
import type { JournalRow } from './journal.ts';
import { LevelJournal } from './level-journal.ts';
import { readWriteAhead } from './write-ahead.ts';

const row = (seq: number): JournalRow => ({
  seq,
  at: 0,
  slice: 's',
  reason: 'r',
  // The larger ones reach over the blocks of the log.
  ops: [[['s', `k${seq}`], 'x'.repeat((seq % 4) * 9000)]],
});
const rows = (count: number): JournalRow[] => Array.from({ length: count }, (_, at) => row(at + 1));

describe('the write-ahead log of the journal', () => {
  let folder: string;
  let log: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearth-ahead-'));
    const journal = new LevelJournal(folder);
    await journal.open();
    for (const each of rows(20)) await journal.append([each]);
    await journal.close();
    log = join(folder, (await readdir(folder)).find((name) => name.endsWith('.log')) ?? '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const opened = async (): Promise<readonly JournalRow[]> => {
    const journal = new LevelJournal(folder);
    try {
      return (await journal.open()).rows;
    } finally {
      await journal.close();
    }
  };

  test('is read as the database wrote it', async () => {
    const keys = [...(await readWriteAhead(folder)).keys()].filter((key) => key.startsWith('r!'));
    expect(keys).toEqual(rows(20).map(({ seq }) => `r!${String(seq).padStart(16, '0')}`));
  });

  test('a bit flipped anywhere is told, or spoils the last row alone', async () => {
    const whole = await readFile(log);
    const outcomes = { told: 0, cut: 0 };
    for (let at = 0; at < whole.length; at += 997) {
      const spoilt = Buffer.from(whole);
      spoilt[at] = (spoilt[at] ?? 0) ^ (1 << (at % 8));
      // The database is not asked: it would take the file over.
      await writeFile(log, spoilt);
      const found = await readWriteAhead(folder).catch((error: unknown) => HearthError.from(error));
      if (HearthError.is(found)) {
        expect(found.code).toBe('state.journalDamaged');
        outcomes.told += 1;
      } else {
        const kept = [...found.keys()].filter((key) => key.startsWith('r!')).length;
        expect(kept).toBeGreaterThanOrEqual(19);
        outcomes.cut += 1;
      }
    }
    expect(outcomes.told).toBeGreaterThan(100);
  });

  test('a damaged one keeps the journal shut, and as it was', async () => {
    const whole = await readFile(log);
    const spoilt = Buffer.from(whole);
    spoilt[100] = (spoilt[100] ?? 0) ^ 1;
    await writeFile(log, spoilt);
    await expect(opened()).rejects.toMatchObject({ code: 'state.journalDamaged' });
    expect(await readFile(log)).toEqual(spoilt);
    await writeFile(log, whole);
    expect(await opened()).toEqual(rows(20));
  });

  test('a journal whose first file is gone is not taken for a new one', async () => {
    for (let turn = 0; turn < 2; turn++) await opened();
    await rm(join(folder, 'CURRENT'));
    await expect(opened()).rejects.toMatchObject({ code: 'state.journalDamaged', data: { file: 'CURRENT' } });
  });
});
