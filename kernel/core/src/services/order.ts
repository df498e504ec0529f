/** Whom a service lets go first: what it needs comes up before it, what needs it goes down before it. */
import type { ServiceRow } from '@hearth/contract';
import { runningNeedsOf } from './needs/needs.ts';
import { blockedBy } from './tasks/blocked.ts';

type ById = (service: string) => ServiceRow | null;

/** Those it needs running that are on their way up. One of a circle waits for nobody in it. */
export function toComeFirst(read: ById, service: string): readonly ServiceRow[] {
  return rowsOf(read, runningNeedsOf(read(service))).filter(
    (other) => comesUp(other) && !reaches(read, other.id, service),
  );
}

/** Those that need it running and are on their way down. */
export function toGoFirst(read: ById, all: readonly ServiceRow[], service: string): readonly ServiceRow[] {
  return all.filter(
    (other) =>
      other.id !== service &&
      runningNeedsOf(other).includes(service) &&
      goesDown(other) &&
      !reaches(read, service, other.id),
  );
}

function comesUp(row: ServiceRow): boolean {
  const { desired, actual } = row.status;
  if (desired === 'stopped' || row.job !== null || blockedBy(row) !== null) return false;
  return actual === 'stopped' || actual === 'starting' || actual === 'stopping';
}

function goesDown({ status, job }: ServiceRow): boolean {
  const up = status.actual === 'running' || status.actual === 'starting' || status.actual === 'stopping';
  return status.desired === 'stopped' && up && job === null;
}

/** Whether the first needs the second, perhaps through others. */
function reaches(read: ById, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) {
    if (id === to) return true;
    for (const need of runningNeedsOf(read(id))) seen.add(need);
  }
  return false;
}

function rowsOf(read: ById, ids: readonly string[]): ServiceRow[] {
  return ids.map((id) => read(id)).filter((row) => row !== null);
}
