/** How one thing a service needs of another stands, and why: pure. */
import type { DependencyRequirement, HealthEntry, NeedEntry, ServiceRow } from '@hearth/contract';
import { satisfies } from '@hearth/exver';
import { titleOf } from '../context.ts';

type Checks = Readonly<Record<string, HealthEntry>>;
type Verdict = Pick<NeedEntry, 'state' | 'reason'>;

/** @param other the row of the one that is needed; null when it is not installed */
export function verdictOf(
  row: Pick<ServiceRow, 'tasks'>,
  need: DependencyRequirement,
  other: ServiceRow | null,
  checks: Checks,
): Verdict {
  if (other === null) return { state: 'missing', reason: 'It is not installed' };
  return (
    wrongVersion(need, other) ??
    openTask(row, need) ??
    (need.kind === 'running' ? (notRunning(other) ?? unhealthy(need.healthChecks, checks)) : null) ?? {
      state: 'satisfied',
      reason: need.kind === 'running' ? 'It runs' : 'It is installed',
    }
  );
}

function wrongVersion({ versionRange }: DependencyRequirement, { manifest }: ServiceRow): Verdict | null {
  const accepted = [manifest.version, ...manifest.satisfies].some((version) => accepts(version, versionRange));
  if (accepted) return null;
  const reason = `Version ${manifest.version} is installed, ${versionRange} is needed`;
  return { state: 'wrong-version', reason: reason.slice(0, 500) };
}

/** Versions and ranges come from packages: what cannot be read does not satisfy. */
export function accepts(version: string, range: string): boolean {
  try {
    return satisfies(version, range);
  } catch {
    return false;
  }
}

function openTask(row: Pick<ServiceRow, 'tasks'>, { id }: DependencyRequirement): Verdict | null {
  const open = Object.values(row.tasks).find(({ active, task }) => active && task.packageId === id);
  if (open === undefined) return null;
  return { state: 'task', reason: (open.task.reason ?? 'Something is to be done with it first').slice(0, 500) };
}

function notRunning({ status }: ServiceRow): Verdict | null {
  if (status.actual === 'running') return null;
  const why = status.reason === '' || status.reason.toLowerCase() === status.actual ? '' : `: ${status.reason}`;
  return { state: 'not-running', reason: `It is ${status.actual}${why}`.slice(0, 500) };
}

function unhealthy(wanted: readonly string[], checks: Checks): Verdict | null {
  for (const id of wanted) {
    const check = checks[id];
    if (check?.result === 'success') continue;
    const message = check?.message ?? '';
    const reason =
      check === undefined
        ? `Its check "${id}" has not told anything yet`
        : `Its check "${check.name}" says ${check.result}${message === '' ? '' : `: ${message}`}`;
    return { state: 'unhealthy', reason: reason.slice(0, 500) };
  }
  return null;
}

/** Of one that is not installed: what the package that needs it calls it, else its id. */
export const titleFor = (id: string, other: ServiceRow | null, told: string | null): string =>
  other === null ? (told ?? id) : titleOf(other.manifest);
