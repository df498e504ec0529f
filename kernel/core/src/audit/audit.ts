/**
 * The audit log: who called what that changes something, when, and how it ended. One JSON line each, in
 * `<data>/kernel/audit.jsonl`; a full file becomes `audit.1.jsonl`, and the chain goes on in the next.
 */
import { appendFile, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HearthError, type Log } from '@hearth/contract';
import { type AuditFacts, type AuditRow, auditRow, firstBreak, nextRow } from './chain.ts';

export interface Audit {
  /** On the disk when it resolves. Never rejects: a full disk must not keep anyone from making room. */
  record(facts: AuditFacts): Promise<void>;
  /** The latest first. `intact`: every row that is kept follows from the one before. */
  read(options: { readonly before?: number | undefined; readonly limit: number }): Promise<AuditPage>;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  readonly intact: boolean;
}

export interface AuditParts {
  /** Exists, 0700. */
  readonly folder: string;
  readonly log: Log;
  readonly now: () => number;
  /** Bytes of one file. */
  readonly fileBytes?: number;
  /** Whether a row is on the disk before `record` resolves; false leaves that to the system. True unless told. */
  readonly flush?: boolean;
}

export function createAudit({ folder, log, now, fileBytes = 8 << 20, flush = true }: AuditParts): Audit {
  const file = join(folder, 'audit.jsonl');
  const former = join(folder, 'audit.1.jsonl');
  let last: AuditRow | null | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const write = async (facts: AuditFacts): Promise<void> => {
    last ??= (await readRows(former, file)).rows.at(-1) ?? null;
    const row = nextRow(last, now(), facts);
    if ((await sizeOf(file)) >= fileBytes) await rename(file, former);
    // A line that was cut short by a crash ends here, so that it spoils none but itself.
    const start = (await endsMidLine(file)) ? '\n' : '';
    await appendFile(file, `${start}${JSON.stringify(row)}\n`, { mode: 0o600, flush });
    last = row;
  };
  return {
    record(facts) {
      const mine = queue.then(() => write(facts));
      queue = mine.catch((error: unknown) => {
        log.error(
          { err: HearthError.from(error), method: facts.method },
          'a call could not be written to the audit log',
        );
      });
      return queue as Promise<void>;
    },
    async read({ before = Number.POSITIVE_INFINITY, limit }) {
      await queue;
      const { rows, whole } = await readRows(former, file);
      const wanted = rows.filter(({ seq }) => seq < before).slice(-limit);
      return { rows: wanted.reverse(), intact: whole && firstBreak(rows) === null };
    },
  };
}

async function readRows(...files: readonly string[]): Promise<{ rows: AuditRow[]; whole: boolean }> {
  const rows: AuditRow[] = [];
  let odd = 0;
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const row = parse(line);
      if (row === null) odd += 1;
      else rows.push(row);
    }
  }
  return { rows, whole: odd === 0 };
}

function parse(line: string): AuditRow | null {
  try {
    return auditRow.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}

async function endsMidLine(file: string): Promise<boolean> {
  const size = await sizeOf(file);
  if (size === 0) return false;
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() !== '\n';
  } finally {
    await handle.close();
  }
}
