/**
 * The step in which a new version shows that it works, before the old one is let go: it is started if it is wanted
 * running, and its health, and that of what depends on it, is watched for a while.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CheckResult, Step } from '@hearth/contract';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { dependantsOf } from '../needs/needs.ts';
import { blockedBy } from '../tasks/blocked.ts';
import type { Before, InstallInput, InstallScratch, Workshop } from './work.ts';

type UpdateStep = Step<InstallInput, InstallScratch>;
type Checks = Readonly<Record<string, CheckResult>>;

/** How it and its dependants are, while the present version still runs. */
export function healthBefore(context: Context, service: string): Before {
  const running = dependantsOf(context.rows, service).filter(
    ({ status, dependencies }) => status.actual === 'running' && dependencies[service]?.kind === 'running',
  );
  return {
    checks: checksOf(context, service),
    dependants: Object.fromEntries(running.map(({ id }) => [id, checksOf(context, id)])),
  };
}

export function proveStep({ context, actor }: Workshop): UpdateStep {
  return {
    name: 'prove',
    title: 'Trying out the new version',
    async run(step) {
      const { input, scratch, signal } = step;
      const service = input.id;
      const row = context.rows.get(service);
      if (row.status.desired !== 'running' || blockedBy(row) !== null) return;
      const { container } = actor(service);
      await container.start(signal);
      await context.rows.change(service, 'package.update', (changed) => {
        changed.status.startedAt = context.now();
      });
      step.say('Watching the health of the new version');
      await watch(context, service, {
        before: scratch.before ?? { checks: {}, dependants: {} },
        calmMs: input.quickTrial === true ? 0 : context.deadlines.proveCalm,
        up: () => container.phase === 'running',
        signal,
      });
    },
    async undo({ job, input }) {
      await actor(input.id).container.takeDown(0);
      await context.health.clear(input.id);
      await context.rows.changeIfThere(input.id, 'package.update', (row) => {
        if (row.job === job) row.status.startedAt = null;
      });
    },
  };
}

interface Watched {
  readonly before: Before;
  /** How long all must be well. */
  readonly calmMs: number;
  readonly up: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Resolves as soon as all is well for a moment, or at the end of the window if nothing has got worse that matters: a
 * check that is still loading or waiting may take days, and is no failure.
 *
 * @throws services.notHealthy
 */
async function watch(context: Context, service: string, { before, calmMs, up, signal }: Watched): Promise<void> {
  const { prove, proveCalm } = context.deadlines;
  const end = context.now() + prove;
  const pause = Math.max(5, Math.min(250, proveCalm / 4));
  let wellSince: number | null = null;
  for (;;) {
    signal.throwIfAborted();
    if (!up()) throw errors.notHealthy({ service, reason: 'it ended by itself' });
    const now = context.now();
    const well = unwell(context, service, before, false) === null;
    wellSince = well ? (wellSince ?? now) : null;
    if (wellSince !== null && now - wellSince >= calmMs) return;
    if (now >= end) {
      const reason = unwell(context, service, before, true);
      if (reason === null) return;
      throw errors.notHealthy({ service, reason });
    }
    await delay(pause, undefined, { signal });
  }
}

/** What is wrong; null if nothing is. At the `last` look what may take long is let pass. */
function unwell(context: Context, service: string, before: Before, last: boolean): string | null {
  const own = worse(before.checks, checksOf(context, service), last);
  if (own !== null) return `its check "${nameOf(context, service, own.check)}" says ${own.result}`;
  if (!last && Object.keys(before.checks).length > 0 && Object.keys(checksOf(context, service)).length === 0)
    return 'it has not told its health yet';
  for (const [id, checks] of Object.entries(before.dependants)) {
    const row = context.rows.read(id);
    if (row === null || row.status.desired === 'stopped' || row.job !== null) continue;
    if (row.status.actual !== 'running') return `"${id}", which needs it, is ${row.status.actual}`;
    const found = worse(checks, checksOf(context, id), last);
    if (found !== null)
      return `check "${nameOf(context, id, found.check)}" of "${id}", which needs it, says ${found.result}`;
  }
  return null;
}

const fine: ReadonlySet<CheckResult> = new Set(['success', 'disabled']);
const slow: ReadonlySet<CheckResult> = new Set(['loading', 'waiting']);

/** A check that was no better before does not count. */
function worse(before: Checks, now: Checks, last: boolean): { check: string; result: CheckResult } | null {
  for (const [check, result] of Object.entries(now)) {
    if (fine.has(result)) continue;
    if (before[check] === result && result !== 'starting') continue;
    if (last && slow.has(result)) continue;
    return { check, result };
  }
  return null;
}

function checksOf(context: Context, service: string): Record<string, CheckResult> {
  return Object.fromEntries(Object.entries(context.health.of(service)).map(([check, { result }]) => [check, result]));
}

function nameOf(context: Context, service: string, check: string): string {
  return context.health.of(service)[check]?.name ?? check;
}
