/** job.list, job.get, job.cancel, job.wait. */
import type { AnyMethod } from '@hearth/contract';
import { defineMethod, jobRow } from '@hearth/contract';
import { z } from 'zod';
import { jobErrors } from './errors.ts';
import type { JobsRuntime } from './runtime.ts';

const byId = z.object({ job: z.string().max(64) });

export function jobMethods(jobs: JobsRuntime): readonly AnyMethod[] {
  const get = (job: string) => {
    const row = jobs.read(job);
    if (row === null) throw jobErrors.notFound({ job });
    return row;
  };
  return [
    defineMethod({
      name: 'job.list',
      about: 'List running jobs and those that ended lately, newest first.',
      input: z.object({}),
      output: z.array(jobRow),
      allow: 'viewer',
      run: () => [...jobs.list()].sort((a, b) => b.startedAt - a.startedAt),
    }),
    defineMethod({
      name: 'job.get',
      about: 'Show one job.',
      input: byId,
      output: jobRow,
      allow: 'viewer',
      run: ({ job }) => get(job),
    }),
    defineMethod({
      name: 'job.cancel',
      about: 'Stop a job and take back what it did.',
      input: byId,
      output: z.object({ rev: z.number() }),
      allow: 'admin',
      run: async ({ job }) => ({ rev: await jobs.cancel(job) }),
    }),
    defineMethod({
      name: 'job.wait',
      about: 'Wait until a job is over, or for at most the given time, and show it.',
      input: byId.extend({ waitMs: z.number().int().min(0).max(25_000).default(25_000) }),
      output: jobRow,
      allow: 'viewer',
      run: async ({ job, waitMs }, { signal }) => {
        get(job);
        return jobs.wait(job, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]));
      },
    }),
  ];
}
