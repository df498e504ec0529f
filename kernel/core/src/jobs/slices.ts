/** What the jobs keep: the public rows, the volatile progress, and in private what each job needs to be taken up again. */
import type { JobProgress, JobRow, SliceDefinition } from '@hearth/contract';
import { jobProgressSlice, jobsSlice } from '@hearth/contract';
import { z } from 'zod';

export const jobRecord = z.object({
  input: z.unknown(),
  scratch: z.record(z.string(), z.unknown()),
  /** Index of the step that runs, or is to run next; while undoing, of the step to be taken back next. */
  at: z.number().int().min(-1),
  /** Set once the job is on its way back: how it will end when everything is undone. */
  undoing: z
    .object({
      outcome: z.enum(['failed', 'cancelled']),
      error: z.object({ code: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) }),
    })
    .nullable(),
});
export type JobRecord = z.infer<typeof jobRecord>;

export const jobSliceDefinitions = {
  jobs: { name: 'jobs', schema: jobsSlice, initial: {} } satisfies SliceDefinition<Record<string, JobRow>>,
  progress: {
    name: 'jobProgress',
    schema: jobProgressSlice,
    initial: {},
    volatile: true,
  } satisfies SliceDefinition<Record<string, JobProgress>>,
  /** Inputs may hold a password: private. */
  records: {
    name: 'jobRecords',
    schema: z.record(z.string(), jobRecord),
    initial: {},
    private: true,
  } satisfies SliceDefinition<Record<string, JobRecord>>,
};
