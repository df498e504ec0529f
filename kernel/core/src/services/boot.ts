/** What a new kernel does about services that are there: adopts what runs, clears what belongs to nobody, starts the rest. */
import type { ContainerState, Jobs, ServiceRow } from '@hearth/contract';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { jobStates } from './machine.ts';
import { blockedBy } from './tasks/blocked.ts';

export interface Boot {
  readonly context: Context;
  readonly jobs: Jobs;
  readonly actor: (service: string) => Actor;
}

/**
 * Takes stock. Services whose container is gone are told apart at once; for the others the answer resolves, per service,
 * when its guest has come back or has not.
 */
export async function takeStock({ context, actor }: Boot): Promise<ReadonlyMap<string, Promise<void>>> {
  const running = new Map<string, ContainerState>();
  for (const state of await context.engine.call('container.list', {})) {
    if (context.rows.read(state.service) === null) await clearOrphan(context, state.service);
    else if (state.state === 'running') running.set(state.service, state);
  }
  const known = new Map<string, Promise<void>>();
  for (const { id } of context.rows.all()) {
    const taken = actor(id)
      .takeOver(running.get(id) ?? null)
      .catch((error: unknown) => context.log.error({ err: error, service: id }, 'A service could not be taken over'));
    known.set(id, taken);
    if (!running.has(id)) await taken;
  }
  return known;
}

/** A container without a row: left by a removal that did not get to its end. */
async function clearOrphan(context: Context, service: string): Promise<void> {
  context.log.warn({ service }, 'A container that belongs to no service is removed');
  await context.engine.call('container.stop', { service, killAfterMs: 0 });
  await context.engine.call('container.remove', { service });
}

/** Lets the services act, what a job left behind being settled first; resolves when everything has had its time to come up. */
export async function openAll(
  boot: Boot,
  known: ReadonlyMap<string, Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  const { context, jobs, actor } = boot;
  for (const row of context.rows.all()) {
    const job = row.job === null ? null : jobs.read(row.job);
    if (!jobStates.has(row.status.actual) || (job !== null && job.finishedAt === null)) continue;
    await known.get(row.id);
    await actor(row.id).release({ good: false, reason: 'The work on it was interrupted and cannot be taken up again' });
  }
  // Each comes up when what it needs has, or has had its time.
  await Promise.all(
    context.rows.all().map(async ({ id }) => {
      await known.get(id);
      if (!signal.aborted && context.rows.read(id) !== null) actor(id).open();
    }),
  );
  const over = AbortSignal.any([signal, AbortSignal.timeout(context.deadlines.bootDependency)]);
  await settled(context, over);
}

/** Until every service is where it is wanted, or will not get there by itself soon; or until `over`. */
async function settled({ rows }: Context, over: AbortSignal): Promise<void> {
  const there = (row: ServiceRow): boolean =>
    row.status.desired === 'stopped' ||
    row.job !== null ||
    blockedBy(row) !== null ||
    ['running', 'crashed', 'failed'].includes(row.status.actual);
  await new Promise<void>((resolve) => {
    let unwatch = (): void => undefined;
    const look = (): void => {
      if (!over.aborted && !rows.all().every(there)) return;
      unwatch();
      over.removeEventListener('abort', look);
      resolve();
    };
    unwatch = rows.watch(look);
    over.addEventListener('abort', look);
    look();
  });
}
