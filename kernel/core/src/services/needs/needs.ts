/** What a service needs of others before it can do its work. */
import type { ServiceRow } from '@hearth/contract';
import type { Rows } from '../rows.ts';

export interface Needs {
  /** Installed and not wanted running; in the order in which they are to be started. */
  readonly stopped: readonly string[];
  readonly missing: readonly string[];
}

/** Those it needs running, and those these need in turn. Circles end. */
export function needsOf(rows: Pick<Rows, 'read'>, service: string): Needs {
  const stopped: string[] = [];
  const missing: string[] = [];
  const seen = new Set([service]);
  const look = (row: ServiceRow): void => {
    for (const need of Object.values(row.dependencies)) {
      if (need.kind !== 'running' || seen.has(need.id)) continue;
      seen.add(need.id);
      const other = rows.read(need.id);
      if (other === null) missing.push(need.id);
      else {
        look(other);
        if (other.status.desired === 'stopped') stopped.push(need.id);
      }
    }
  };
  const row = rows.read(service);
  if (row !== null) look(row);
  return { stopped, missing };
}

/** Ids of those it needs running, itself left out. */
export function runningNeedsOf(row: Pick<ServiceRow, 'id' | 'dependencies'> | null): readonly string[] {
  return Object.values(row?.dependencies ?? {}).flatMap(({ kind, id }) =>
    kind === 'running' && id !== row?.id ? [id] : [],
  );
}

/** Those that need it running, and those that need these, as far as they are wanted running; in no order. */
export function wantedDependantsOf(rows: Pick<Rows, 'all'>, service: string): readonly string[] {
  const found = new Set([service]);
  for (const id of found)
    for (const row of rows.all())
      if (row.status.desired === 'running' && runningNeedsOf(row).includes(id)) found.add(row.id);
  found.delete(service);
  return [...found];
}

/** Those that declare a need of it: by name, in no order. */
export function dependantsOf(rows: Pick<Rows, 'all'>, service: string): readonly ServiceRow[] {
  return rows.all().filter((row) => row.id !== service && Object.hasOwn(row.dependencies, service));
}
