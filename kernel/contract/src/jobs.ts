/**
 * Jobs: every long operation is a row on disk and a list of steps.
 *
 * A step is either redone after a crash (it must be idempotent) or undone. Progress is volatile; the row is not.
 */
import { z } from 'zod';
import { instant } from './ids.ts';
import type { Log } from './plugin.ts';
import { phase } from './progress.ts';

export const jobRow = z.object({
  id: z.string(),
  /** `package.install`, `backup.create`: the method people called. */
  kind: z.string(),
  /** The service it owns meanwhile, if one. */
  service: z.string().nullable(),
  /** For people: `Install Syncthing`. */
  title: z.string().max(200),
  state: z.enum(['queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled']),
  /** The step that is running or failed; null before the first and after the last. */
  step: z.string().nullable(),
  /** False after the point of no return. */
  cancellable: z.boolean(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  error: z.object({ code: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) }).nullable(),
  /** What the job made, small: `{ snapshot: "..." }`. */
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type JobRow = z.infer<typeof jobRow>;
/** Slice `jobs`, by id; finished ones are kept for a while. */
export const jobsSlice = z.record(z.string(), jobRow);

/** Volatile slice `jobProgress`, by job. */
export const jobProgress = z.object({
  phases: z.array(phase),
  /** Seconds left of the running phase, as far as can be told. */
  eta: z.number().nullable(),
});
export type JobProgress = z.infer<typeof jobProgress>;
export const jobProgressSlice = z.record(z.string(), jobProgress);

export interface StepContext<Input, Scratch> {
  readonly job: string;
  readonly input: Input;
  /** What earlier steps left for later ones; durable when the step that wrote it ends. */
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Of this step; `done` and `total` in `units`. Call as often as you like: it is coalesced. */
  progress(done: number, total: number | null, units?: 'bytes' | 'steps'): void;
  /** Renames the running phase for people: `Downloading from home`. */
  say(phase: string): void;
}

export interface Step<Input, Scratch> {
  /** Stable: stands in the journal. */
  readonly name: string;
  /** For people, as it shows beside the bar: `Downloading`. */
  readonly title: string;
  run(context: StepContext<Input, Scratch>): Promise<void>;
  /** Takes back what `run` did, wholly or in part done, also in another process than the one that ran it. */
  undo?(context: Omit<StepContext<Input, Scratch>, 'signal' | 'progress' | 'say'>): Promise<void>;
  /** From here on the job goes forward only: cancel is refused, a crash redoes. */
  readonly noReturn?: boolean;
}

export interface JobDefinition<Input, Scratch extends object> {
  readonly kind: string;
  title(input: Input): string;
  service?(input: Input): string | null;
  /** After a crash before the point of no return: take back, or redo the step that was running. */
  readonly afterCrash: 'undo' | 'redo';
  readonly steps: readonly Step<Input, Scratch>[];
  /** The small public outcome. */
  result?(scratch: Scratch): Record<string, unknown>;
  /** Called once at the end, whatever the outcome. */
  settled?(context: { input: Input; scratch: Scratch; error: { code: string; message: string } | null }): Promise<void>;
}

export interface Jobs {
  /** Before `ready`: a job of an unknown kind cannot be taken up after a crash. */
  define<Input, Scratch extends object>(definition: JobDefinition<Input, Scratch>): void;
  /** Input and scratch are journalled in private: they may hold a password. Refused while another job owns the service. */
  start<Input>(kind: string, input: Input): Promise<{ job: string; rev: number }>;
  cancel(job: string): Promise<number>;
  read(job: string): JobRow | null;
  /** Resolves when the job is over; never rejects for a failed job. */
  wait(job: string, signal?: AbortSignal): Promise<JobRow>;
}
