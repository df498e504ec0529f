/** Starts restores: one job a service, each an install whose archive and volumes come from a snapshot. */
import type { EngineClient, Services, SnapshotInfo } from '@hearth/contract';
import { errors } from './errors.ts';
import type { RestoreInput } from './source.ts';
import { readTags } from './tags.ts';
import type { Targets } from './targets.ts';

export interface RestoreRequest {
  readonly target: string;
  readonly ids: readonly string[];
  /** The latest of each service unless told; or the beginning of one. */
  readonly snapshot?: string | undefined;
}

export interface StartedRestore {
  readonly id: string;
  readonly job: string;
}

export async function startRestore(
  { engine, services, targets }: { engine: EngineClient; services: Services; targets: Targets },
  { target, ids, snapshot }: RestoreRequest,
  signal: AbortSignal,
): Promise<{ jobs: [StartedRestore, ...StartedRestore[]]; rev: number }> {
  targets.read(target);
  for (const service of ids) if (services.read(service) !== null) throw errors.stillInstalled({ service });
  const all = await targets.use(target, signal, (access, over) => engine.call('backup.list', access, { signal: over }));
  // Everything is chosen before anything is started: a wrong id starts nothing.
  const chosen = ids.map((service) => choose(all, service, snapshot));
  const jobs: StartedRestore[] = [];
  let rev = 0;
  for (const { id, service, ...rest } of chosen) {
    const { title, running } = readTags(rest);
    const input: RestoreInput = { target, snapshot: id, service };
    const request = { id: service, title: title ?? service, source: 'backup', input, restore: true, start: running };
    const started = await services.install(request);
    jobs.push({ id: service, job: started.job });
    rev = Math.max(rev, started.rev);
  }
  const [first, ...others] = jobs;
  if (first === undefined) throw errors.noSnapshot({ service: '' });
  return { jobs: [first, ...others], rev };
}

function choose(all: readonly SnapshotInfo[], service: string, snapshot: string | undefined): SnapshotInfo {
  if (snapshot === undefined) {
    const latest = all.filter((found) => found.service === service).toSorted((a, b) => b.time - a.time)[0];
    if (latest === undefined) throw errors.noSnapshot({ service });
    return latest;
  }
  const named = all.find(({ id }) => id.startsWith(snapshot));
  if (named === undefined) throw errors.noSnapshot({ service });
  if (named.service !== service) throw errors.snapshotOfAnother({ service, snapshot: named.id });
  return named;
}
