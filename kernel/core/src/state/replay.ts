/** Applies journalled operations to the snapshot they follow. */
import { forbiddenKeys, type Operation } from '@hearth/contract';
import { errors } from './errors.ts';
import type { JournalContent } from './journal.ts';
import { isObject } from './plain.ts';

/** The slices as of the last row, and its number. Throws `state.replayFailed`. */
export function replay(content: JournalContent): { slices: Map<string, unknown>; seq: number } {
  const document: Record<string, unknown> = Object.fromEntries(content.slices);
  let { seq } = content;
  for (const row of content.rows) {
    for (const op of row.ops) if (!applyInPlace(document, op)) throw errors.replayFailed({ seq: row.seq });
    seq = row.seq;
  }
  return { slices: new Map(Object.entries(document)), seq };
}

function applyInPlace(document: Record<string, unknown>, op: Operation): boolean {
  const path = op[0];
  const last = path.at(-1);
  if (last === undefined || path.some((key) => forbiddenKeys.has(String(key)))) return false;
  let at: unknown = document;
  for (const key of path.slice(0, -1)) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  if (!isObject(at)) return false;
  if (op.length === 1) delete at[last];
  else at[last] = op[1];
  return true;
}
