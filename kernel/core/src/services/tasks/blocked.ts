import type { ServiceRow } from '@hearth/contract';
import { errors } from '../errors.ts';

/** Why a service may not run although it is wanted: its first open critical task; null when there is none. */
export function blockedBy(row: Pick<ServiceRow, 'tasks'>): string | null {
  for (const { active, task } of Object.values(row.tasks)) {
    if (!active || task.severity !== 'critical') continue;
    const why = task.reason ?? `action "${task.actionId}" of "${task.packageId}" must be run first`;
    return `A task must be done first: ${why}`.slice(0, 500);
  }
  return null;
}

/** @throws services.taskOpen */
export function refuseBlocked(row: Pick<ServiceRow, 'id' | 'tasks'>): void {
  const reason = blockedBy(row);
  if (reason !== null) throw errors.taskOpen({ service: row.id, reason });
}
