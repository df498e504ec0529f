import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { encode } from './codec.ts';
import type { JournalRow } from './journal.ts';
import { LevelJournal } from './level-journal.ts';

const row = (seq: number): JournalRow => ({ seq, at: 0, slice: 's', reason: 'r', ops: [[['s', `k${seq}`], seq]] });

describe('LevelJournal', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-level-'));
    path = join(folder, 'journal');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  const write = async (count: number): Promise<void> => {
    const journal = new LevelJournal(path);
    await journal.open();
    for (let seq = 1; seq <= count; seq++) await journal.append([row(seq)]);
    await journal.close();
  };

  test('is for its owner alone', async () => {
    await write(1);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('is opened by one at a time', async () => {
    const first = new LevelJournal(path);
    await first.open();
    await expect(new LevelJournal(path).open()).rejects.toMatchObject({ code: 'state.journalLocked' });
    await first.close();
    await expect(first.append([row(1)])).rejects.toMatchObject({ code: 'state.journalUnreadable' });
  });

  test('names a row that is missing, a format it does not know, a folder it cannot read', async () => {
    await write(3);
    const database = new Level<string, Uint8Array>(path, { valueEncoding: 'view' });
    await database.del('r!0000000000000002');
    await database.close();
    await expect(new LevelJournal(path).open()).rejects.toMatchObject({
      code: 'state.journalGap',
      data: { expected: 2 },
    });
    const again = new Level<string, Uint8Array>(path, { valueEncoding: 'view' });
    await again.put('m!format', encode(99));
    await again.close();
    await expect(new LevelJournal(path).open()).rejects.toMatchObject({ code: 'state.journalTooNew' });
    writeFileSync(join(folder, 'file'), '');
    await expect(new LevelJournal(join(folder, 'file/journal')).open()).rejects.toThrow();
  });

  test('a write that fails is never read back, and the next one goes through', async () => {
    const journal = new LevelJournal(path);
    await journal.open();
    await journal.append([row(1)]);
    // It fails after it has reached the disk: the worst case.
    const batch = jest.spyOn(Level.prototype, 'batch').mockImplementationOnce(function (this: any) {
      const real = this.batch();
      return {
        put: (key: string, value: unknown) => real.put(key, value),
        write: async (options: object) => {
          await real.write(options);
          throw new Error('EIO');
        },
      };
    } as never);
    await expect(journal.append([row(2), row(3)])).rejects.toThrow('EIO');
    batch.mockRestore();
    await journal.append([{ ...row(2), reason: 'second try' }]);
    await journal.close();
    const content = await new LevelJournal(path).open();
    expect(content.rows.map(({ seq, reason }) => [seq, reason])).toEqual([
      [1, 'r'],
      [2, 'second try'],
    ]);
  });

  test('a log cut short anywhere opens to the rows before the cut', async () => {
    await write(20);
    const log = readdirSync(path).find((name) => name.endsWith('.log'))!;
    const whole = readFileSync(join(path, log));
    for (let cut = whole.length - 1; cut > 0; cut -= 37) {
      rmSync(path, { recursive: true });
      await write(0);
      const fresh = readdirSync(path).find((name) => name.endsWith('.log'))!;
      writeFileSync(join(path, fresh), whole);
      truncateSync(join(path, fresh), cut);
      const journal = new LevelJournal(path);
      const { rows } = await journal.open();
      await journal.close();
      expect(rows).toEqual(Array.from({ length: rows.length }, (_, at) => row(at + 1)));
      expect(rows.length).toBeLessThanOrEqual(20);
    }
  }, 60_000);
});
