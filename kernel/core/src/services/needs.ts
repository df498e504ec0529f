/** What a service needs of others before it can do its work. */
import type { ServiceRow } from '@hearth/contract';
import type { Rows } from './rows.ts';

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

/** Those that declare a need of it: by name, in no order. */
export function dependantsOf(rows: Pick<Rows, 'all'>, service: string): readonly ServiceRow[] {
  return rows.all().filter((row) => row.id !== service && Object.hasOwn(row.dependencies, service));
}
