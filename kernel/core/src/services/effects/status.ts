/** How a service is, in the shape packages know. */
import type { ServiceRow } from '@hearth/contract';
import type { Context } from '../context.ts';
import { upStates } from '../machine.ts';

export function statusInfo(context: Pick<Context, 'health'>, row: ServiceRow | null): object | null {
  if (row === null) return null;
  const { status, error } = row;
  const checks: [string, object][] = Object.entries(context.health.of(row.id)).map(
    ([id, { name, result, message }]) => [id, { name, result, message }],
  );
  return {
    desired: desiredOf(row),
    started: status.startedAt === null ? null : new Date(status.startedAt).toISOString(),
    health: upStates.has(status.actual) || status.startedAt !== null ? Object.fromEntries(checks) : {},
    error: error === null ? null : { details: error.message, debug: error.details, info: null },
  };
}

function desiredOf({ status }: ServiceRow): object {
  if (status.actual === 'backing-up')
    return { main: 'backing-up', onComplete: status.desired === 'running' ? 'start' : 'stop' };
  if (status.actual === 'stopping' && status.desired === 'running') return { main: 'restarting' };
  return { main: status.desired };
}
