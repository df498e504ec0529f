/**
 * The jobs of the kernel: long work, journalled step by step (contract/jobs.ts).
 *
 * `recover` is called once at boot, when every plugin has defined its kinds; until then rows of an earlier boot wait.
 */
import { randomUUID } from 'node:crypto';
import type { Events, JobDefinition, JobRow, Jobs, Log, Slice, SliceDefinition } from '@hearth/contract';
import { jobErrors } from './errors.ts';
import { reportProgress } from './progress.ts';
import type { AnyDefinition, Outcome } from './run.ts';
import { errorOf, Run } from './run.ts';
import { type JobRecord, jobSliceDefinitions } from './slices.ts';
import { type Patience, written } from './written.ts';

const keptRows = 100;
const usualPauseMs = 500;
const keptMs = 14 * 24 * 3600 * 1000;

export interface JobsDependencies {
  /** Opens a slice of the state store, of which the jobs are the owner. */
  slice<T>(definition: SliceDefinition<T>): Slice<T>;
  readonly events: Events;
  readonly log: Log;
  readonly now?: () => number;
  /** See `Patience`. */
  readonly pauseMs?: number;
}

export interface JobsRuntime extends Jobs {
  list(): readonly JobRow[];
  /** Takes up or back what an earlier process left; resolves when all of it is under way, not when it is over. */
  recover(): Promise<void>;
  /** Stops every job where it is; the next boot goes on from there. */
  stop(): Promise<void>;
}

export function createRuntime(deps: JobsDependencies): JobsRuntime {
  const jobs = deps.slice(jobSliceDefinitions.jobs) as Slice<Record<string, JobRow>>;
  const progress = deps.slice(jobSliceDefinitions.progress);
  const records = deps.slice(jobSliceDefinitions.records) as Slice<Record<string, JobRecord>>;
  const now = deps.now ?? Date.now;
  const { log } = deps;
  const definitions = new Map<string, AnyDefinition>();
  const runs = new Map<string, { run: Run; over: Promise<void> }>();
  const waiting = new Map<string, Set<() => void>>();
  const claimed = new Set<string>();
  const leaving = new AbortController();
  const patience: Patience = { pauseMs: deps.pauseMs ?? usualPauseMs, leaving: leaving.signal };

  const begin = (id: string, definition: AnyDefinition, record: JobRecord, afterCrash: boolean): void => {
    const titles = definition.steps.map((step) => step.title);
    const report = reportProgress(progress, id, titles, (error) => log.warn({ err: error }, 'Progress was not told'));
    const run = new Run(id, definition, record, {
      jobs,
      records,
      progress: report,
      log,
      now,
      ...patience,
    });
    if (afterCrash) run.takeUp(jobs.read()[id]?.title ?? id);
    const over = run
      .finish()
      .then((outcome) => (outcome === null ? undefined : written(() => end(id, outcome, run.result()), patience)))
      .catch((error: unknown) => log.error({ err: error, job: id }, 'A job was left where it is'))
      .finally(() => {
        report.end();
        runs.delete(id);
        for (const wake of waiting.get(id) ?? []) wake();
      });
    runs.set(id, { run, over });
  };

  const end = async (id: string, outcome: Outcome, result: Record<string, unknown> | null): Promise<void> => {
    await jobs.commit('job.finished', (draft) => {
      const row = draft[id];
      if (row === undefined) return;
      row.state = outcome.state;
      row.error = outcome.error;
      row.result = outcome.state === 'succeeded' ? result : null;
      row.cancellable = false;
      row.finishedAt = now();
      if (outcome.state === 'succeeded') row.step = null;
      for (const old of stale(Object.values(draft), now())) delete draft[old];
    });
    await forget(id);
    const row = jobs.read()[id];
    if (row === undefined) return;
    deps.events.emit('job.finished', {
      job: id,
      kind: row.kind,
      service: row.service,
      outcome: outcome.state,
      code: outcome.error?.code ?? null,
      message: outcome.error?.message ?? null,
    });
  };

  /** Without its row a job does not begin, and nothing is kept of it. */
  const enlist = async (id: string, change: (draft: Record<string, JobRow>) => void): Promise<number> => {
    try {
      return await jobs.commit('job.start', change);
    } catch (error) {
      written(() => forget(id), patience).catch((cause: unknown) =>
        log.warn({ err: cause, job: id }, 'A record stays'),
      );
      throw error;
    }
  };
  const forget = async (id: string): Promise<void> => {
    await records.commit('job.forget', (draft) => {
      delete draft[id];
    });
  };

  const fail = async (id: string, error: unknown): Promise<void> =>
    end(id, { state: 'failed', error: errorOf(error) }, null);

  return {
    define<Input, Scratch extends object>(definition: JobDefinition<Input, Scratch>) {
      if (definitions.has(definition.kind)) throw jobErrors.alreadyDefined({ kind: definition.kind });
      definitions.set(definition.kind, definition);
    },

    async start(kind, input) {
      const definition = definitions.get(kind);
      if (definition === undefined) throw jobErrors.unknownKind({ kind });
      const title = definition.title(input).slice(0, 200);
      if (leaving.signal.aborted) throw jobErrors.closing({ title });
      const service = definition.service?.(input) ?? null;
      if (service !== null) {
        const other = Object.values(jobs.read()).find((row) => row.service === service && row.finishedAt === null);
        if (other !== undefined) throw jobErrors.serviceBusy({ service, title: other.title, job: other.id });
        if (claimed.has(service)) throw jobErrors.serviceBusy({ service, title });
        claimed.add(service);
      }
      try {
        const id = randomUUID();
        const record: JobRecord = { input: structuredClone(input), scratch: {}, at: 0, undoing: null };
        // Record first: a row without one could not be taken up, a record without a row is swept.
        await records.commit('job.start', (draft) => void (draft[id] = structuredClone(record)));
        const rev = await enlist(id, (draft) => {
          draft[id] = {
            id,
            kind,
            service,
            title,
            state: 'queued',
            step: null,
            cancellable: true,
            startedAt: now(),
            finishedAt: null,
            error: null,
            result: null,
          };
        });
        begin(id, definition, record, false);
        return { job: id, rev };
      } finally {
        if (service !== null) claimed.delete(service);
      }
    },

    async cancel(job) {
      const row = jobs.read()[job];
      if (row === undefined) throw jobErrors.notFound({ job });
      const going = runs.get(job);
      if (row.finishedAt !== null || going === undefined) throw jobErrors.finished({ job, title: row.title });
      if (going.run.pastNoReturn) throw jobErrors.pastNoReturn({ job, title: row.title });
      if (!going.run.goingBack) going.run.cancel();
      // Also after a crash in the middle of it, a job that was called off is taken back.
      await records.commit('job.cancel', (draft) => {
        const record = draft[job];
        if (record !== undefined) record.undoing ??= { outcome: 'cancelled', error: errorOf(jobErrors.cancelled()) };
      });
      return jobs.commit('job.cancel', (draft) => {
        const changed = draft[job];
        if (changed !== undefined) changed.cancellable = false;
      });
    },

    read: (job) => jobs.read()[job] ?? null,
    list: () => Object.values(jobs.read()),

    async wait(job, signal) {
      const row = jobs.read()[job];
      if (row === undefined) throw jobErrors.notFound({ job });
      if (row.finishedAt !== null) return row;
      await new Promise<void>((resolve) => {
        const set = waiting.get(job) ?? new Set();
        waiting.set(job, set);
        const wake = (): void => {
          set.delete(wake);
          if (set.size === 0) waiting.delete(job);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        set.add(wake);
        if (signal?.aborted === true) wake();
        else signal?.addEventListener('abort', wake);
      });
      return jobs.read()[job] ?? row;
    },

    async recover() {
      const rows = jobs.read();
      for (const id of Object.keys(records.read())) {
        if (rows[id] === undefined || rows[id].finishedAt !== null) await forget(id);
      }
      for (const row of Object.values(rows)) {
        if (row.finishedAt !== null || runs.has(row.id)) continue;
        const definition = definitions.get(row.kind);
        const record = records.read()[row.id];
        log.info({ job: row.id, kind: row.kind, step: row.step }, 'Taking up a job of an earlier run');
        if (definition === undefined) await fail(row.id, jobErrors.unknownKind({ kind: row.kind }));
        else if (record === undefined) await fail(row.id, jobErrors.interrupted({ title: row.title }));
        else begin(row.id, definition, record, true);
      }
    },

    async stop() {
      leaving.abort();
      for (const { run } of runs.values()) run.leave();
      await Promise.all([...runs.values()].map(({ over }) => over));
    },
  };
}

/** Finished rows beyond the newest hundred, and those older than two weeks. */
function stale(rows: readonly JobRow[], now: number): string[] {
  const finished = rows
    .filter((row) => row.finishedAt !== null)
    .map((row) => ({ id: row.id, at: row.finishedAt ?? 0 }))
    .sort((a, b) => b.at - a.at);
  return finished.filter((row, place) => place >= keptRows || now - row.at > keptMs).map((row) => row.id);
}
