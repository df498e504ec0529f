/** A short name for a value: equal values have equal ones, whatever the order of their keys. */
import { createHash } from 'node:crypto';

/** 64 hex digits. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(value === undefined ? 'undefined' : JSON.stringify(ordered(value)))
    .digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]));
}
