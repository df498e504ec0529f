/** The chain of the audit log: each row holds the hash of the one before, so that none can be changed, left out or put in. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const auditRow = z.object({
  /** From 1, without a gap. */
  seq: z.number().int().positive(),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** `user owner`, `root`. */
  who: z.string(),
  /** Where from: an address, or `local`. */
  from: z.string(),
  method: z.string(),
  /** What it was about, as far as that is no secret: `{ id: "syncthing" }`. */
  about: z.record(z.string(), z.string()),
  /** `ok`, or the code of the error. */
  outcome: z.string(),
  /** Stands in the log beside whatever the call said. */
  call: z.string(),
  /** Hash of the row before; 64 zeros for the first. */
  previous: z.string(),
  hash: z.string(),
});
export type AuditRow = z.infer<typeof auditRow>;
export type AuditFacts = Pick<AuditRow, 'who' | 'from' | 'method' | 'about' | 'outcome' | 'call'>;

export const firstPrevious = '0'.repeat(64);

export function nextRow(last: AuditRow | null, at: number, facts: AuditFacts): AuditRow {
  const row = { seq: (last?.seq ?? 0) + 1, at, ...facts, previous: last?.hash ?? firstPrevious };
  return { ...row, hash: hashOf(row) };
}

/** The seq of the first row that does not follow from the one before it; null when all do. */
export function firstBreak(rows: readonly AuditRow[], before: AuditRow | null = null): number | null {
  let last = before;
  for (const row of rows) {
    const { hash, ...rest } = row;
    const follows = last === null || (row.previous === last.hash && row.seq === last.seq + 1);
    if (!follows || hashOf(rest) !== hash) return row.seq;
    last = row;
  }
  return null;
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, who, from, method, about, outcome, call, previous } = row;
  const text = JSON.stringify([seq, at, who, from, method, Object.entries(about), outcome, call, previous]);
  return createHash('sha256').update(text).digest('hex');
}
