/** Follows a job until it is over. The job goes on without: whoever leaves, only stops watching. */
import { setTimeout as pause } from 'node:timers/promises';
import { HearthError } from '@hearth/contract';
import type { JobProgress, JobRow } from '@hearth/contract';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { printable } from './text.ts';
import type { Rpc } from './rpc.ts';

const waitMs = 500;
const retryMs = 300;
/** How long a restart of the box may take. */
const patienceMs = 60_000;
const over: readonly JobRow['state'][] = ['succeeded', 'failed', 'cancelled'];

/**
 * Shows how far it is, then prints its outcome.
 * @throws what the job failed of
 */
export async function followJob(context: Context, box: Rpc, job: string): Promise<void> {
  const row = await followQuietly(context, box, job);
  if (row !== null) context.output.result(row, `${printable(row.title)}: done`);
}

/**
 * Shows how far it is.
 * @returns the job that succeeded; null when the person left, who is told how to come back
 * @throws what the job failed of
 */
export async function followQuietly(context: Context, box: Rpc, job: string): Promise<JobRow | null> {
  const row = await watch(context, box, job);
  if (row === null) {
    context.output.note(`The job goes on. Watch it again: hearth job follow ${job}`);
    return null;
  }
  if (row.state === 'succeeded') return row;
  if (row.error === null) throw errors.jobEnded({ state: row.state, job });
  throw new HearthError({ kind: 'CONFLICT', ...row.error, data: { ...row.error.data, job, step: row.step } });
}

/** @returns the row of the job that is over; null when the person left */
async function watch(context: Context, box: Rpc, job: string): Promise<JobRow | null> {
  const bar = context.output.bar();
  let lostAt: number | null = null;
  try {
    for (;;) {
      const row = await patiently(box, job, context.signal, lostAt);
      if (row === null) {
        lostAt ??= Date.now();
        bar.say('Waiting for the box to come back');
        await pause(retryMs, undefined, { signal: context.signal });
        continue;
      }
      lostAt = null;
      if (over.includes(row.state)) return row;
      const progress = await progressOf(box, job, context.signal);
      const running = progress?.phases.findLast((phase) => phase.progress !== null && phase.progress !== true);
      bar.say(printable(running?.name ?? row.step ?? row.title));
      if (typeof running?.progress === 'object' && running.progress !== null) {
        bar.update(running.progress.done, running.progress.total, running.progress.units);
      }
    }
  } catch (error) {
    if (context.signal.aborted) return null;
    throw error;
  } finally {
    bar.end();
  }
}

/** Null while the box is away: jobs outlive a restart of it. */
async function patiently(box: Rpc, job: string, signal: AbortSignal, lostAt: number | null): Promise<JobRow | null> {
  try {
    return await box.call<JobRow>('job.wait', { job, waitMs }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const away = HearthError.is(error) && error.kind === 'UNAVAILABLE';
    if (!away || (lostAt !== null && Date.now() - lostAt > patienceMs)) throw error;
    return null;
  }
}

async function progressOf(box: Rpc, job: string, signal: AbortSignal): Promise<JobProgress | null> {
  try {
    return (await box.call<{ value: JobProgress }>('db.dump', { pointer: `/jobProgress/${job}` }, signal)).value;
  } catch (error) {
    signal.throwIfAborted();
    // It tells nothing yet, or no longer.
    if (
      HearthError.is(error) &&
      (error.kind === 'NOT_FOUND' || error.kind === 'INVALID_INPUT' || error.kind === 'UNAVAILABLE')
    )
      return null;
    throw error;
  }
}

/** What methods that start a job answer. */
export interface Begun {
  readonly job: string;
  readonly rev: number;
}

/** Follows what was begun, unless told not to. */
export async function settle(context: Context, box: Rpc, begun: Begun, flags: { detach?: boolean }): Promise<void> {
  if (flags.detach === true) context.output.result(begun, begun.job);
  else await followJob(context, box, begun.job);
}
