import type { Attempt, Place } from './attempts.ts';

/** Attempts by what they are after. */
export function attempts(places: readonly Place[], table: Readonly<Record<string, string>>): Attempt[] {
  return Object.entries(table).map(([what, perl]) => ({ what, perl, places }));
}

export const everywhere = ['container', 'program'] as const;
