/** Tells when work that was under way is over: the owner may be on another page by then. */
import type { JobRow } from '@hearth/contract';
import { isOver } from '../words/service-words.ts';
import type { StateReplica } from './replica.ts';
import type { UiState } from './slices.ts';

type Jobs = Readonly<Record<string, JobRow>>;

/** Calls `tell` once for each job that was seen under way and now is over. Returns the undo. */
export function watchJobs(replica: StateReplica<UiState>, tell: (job: JobRow) => void): () => void {
  let before: Jobs | undefined = replica.value.jobs;
  return replica.watch(() => {
    const now = replica.value.jobs;
    if (now === before) return;
    const known = before ?? {};
    before = now;
    for (const job of Object.values(now ?? {})) {
      const old = known[job.id];
      if (old !== undefined && !isOver(old) && isOver(job)) tell(job);
    }
  });
}

/** The last work on a service, if it failed and nothing has gone well or begun since. */
export function lastFailure(jobs: Jobs | undefined, service: string): JobRow | undefined {
  const latest = Object.values(jobs ?? {})
    .filter((job) => job.service === service)
    .sort((one, other) => other.startedAt - one.startedAt)[0];
  return latest?.state === 'failed' ? latest : undefined;
}
