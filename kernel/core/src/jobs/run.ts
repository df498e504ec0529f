/**
 * One job, from its first step or from where a crash left it, to its end.
 *
 * What stands in the record before a step runs is enough to take the step back in another process: the input, what
 * earlier steps left, and which step it is.
 */
import type { JobDefinition, JobRow, Log, Slice, Step, StepContext } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import { jobErrors } from './errors.ts';
import type { ProgressReport } from './progress.ts';
import type { JobRecord } from './slices.ts';
import { isUnwritten, type Patience, pauseAfter, written } from './written.ts';

const attempts = 3;
/** As often while somebody is away who comes back, as the engine does after a crash: half a minute in all. */
const patientAttempts = 11;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `define` has checked that input and scratch fit
export type AnyDefinition = JobDefinition<any, any>;
type AnyStep = Step<unknown, object>;
type Failure = NonNullable<JobRecord['undoing']>;
type UndoContext = Parameters<NonNullable<AnyStep['undo']>>[0];

export interface RunDependencies extends Patience {
  readonly jobs: Slice<Record<string, JobRow>>;
  readonly records: Slice<Record<string, JobRecord>>;
  readonly progress: ProgressReport;
  readonly log: Log;
  readonly now: () => number;
}

export type Outcome = { readonly state: 'succeeded' | 'failed' | 'cancelled'; readonly error: JobRow['error'] };

export class Run {
  readonly id: string;
  readonly #definition: AnyDefinition;
  readonly #deps: RunDependencies;
  readonly #abort = new AbortController();
  readonly #scratch: Record<string, unknown>;
  readonly #input: unknown;
  #at: number;
  #undoing: Failure | null;

  constructor(id: string, definition: AnyDefinition, record: JobRecord, deps: RunDependencies) {
    this.id = id;
    this.#definition = definition;
    this.#deps = deps;
    this.#input = record.input;
    this.#scratch = structuredClone(record.scratch);
    this.#at = record.at;
    this.#undoing = record.undoing;
  }

  /** From the point of no return on: the running step, or one before it, says so. */
  get pastNoReturn(): boolean {
    return this.#definition.steps.slice(0, this.#at + 1).some((step) => step.noReturn === true);
  }

  get goingBack(): boolean {
    return this.#undoing !== null;
  }

  /** Makes the running step stop; the job is then taken back. */
  cancel(): void {
    this.#abort.abort(jobErrors.cancelled());
  }

  /** Makes the running step stop without taking anything back: the kernel is going down. */
  leave(): void {
    this.#abort.abort(jobErrors.closing({ title: this.id }));
  }

  /** After a crash: decides whether the step that ran is done again or taken back. */
  takeUp(title: string): void {
    const complete = this.#at >= this.#definition.steps.length;
    if (complete || this.#undoing !== null || this.pastNoReturn || this.#definition.afterCrash === 'redo') return;
    this.#undoing = { outcome: 'failed', error: errorOf(jobErrors.interrupted({ title })) };
  }

  /** Null when the kernel went down meanwhile and the job is left for the next one. */
  async finish(): Promise<Outcome | null> {
    let failure = this.#undoing;
    if (failure === null) {
      failure = await this.#forward();
      if (failure !== null && this.#left()) return null;
    }
    if (failure !== null && !this.pastNoReturn) {
      failure = await this.#back(failure);
      if (this.#left()) return null;
    }
    await this.#settle(failure);
    if (this.#left()) return null;
    return failure === null ? { state: 'succeeded', error: null } : { state: failure.outcome, error: failure.error };
  }

  result(): Record<string, unknown> | null {
    return this.#definition.result?.(this.#scratch) ?? null;
  }

  #left(): boolean {
    return this.#deps.leaving.aborted;
  }

  async #forward(): Promise<Failure | null> {
    const steps = this.#definition.steps as readonly AnyStep[];
    while (this.#at < steps.length) {
      const step = steps[this.#at];
      if (step === undefined) break;
      for (let attempt = 1; ; attempt++) {
        try {
          await this.#do(step);
          break;
        } catch (error) {
          if (!this.#left()) this.#deps.log.warn({ err: error, job: this.id, step: step.name }, 'A step failed');
          // There is no way back: what may yet succeed is tried again.
          const usual = step.noReturn === true ? 1 : attempts;
          if (!this.pastNoReturn || !(await this.#again(error, attempt, usual))) return this.#failure(error);
        }
      }
    }
    return null;
  }

  async #do(step: AnyStep): Promise<void> {
    this.#abort.signal.throwIfAborted();
    await this.#enter(step);
    this.#abort.signal.throwIfAborted();
    this.#deps.progress.begin(this.#at);
    await step.run(this.#context(step));
    // A step that finished in spite of being asked to stop is taken back with the others.
    if (!this.pastNoReturn) this.#abort.signal.throwIfAborted();
    await this.#keep(this.#at + 1);
  }

  /** Waits a moment if it is of use to try once more; `usual`: how often whatever the reason. */
  async #again(error: unknown, attempt: number, usual: number): Promise<boolean> {
    const away = HearthError.from(error).kind === 'UNAVAILABLE' ? patientAttempts : usual;
    const most = isUnwritten(error) ? Number.POSITIVE_INFINITY : away;
    return attempt < most && !this.#left() && (await pauseAfter(attempt, this.#deps));
  }

  /** What the way back leaves unwritten is only done once more by the next kernel; and it may be what makes room. */
  async #ifWritable(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isUnwritten(error)) throw error;
      this.#deps.log.warn({ err: error, job: this.id }, 'A job goes back without writing it down');
    }
  }

  #failure(error: unknown): Failure {
    const cancelled = this.#abort.signal.aborted && !this.pastNoReturn;
    return cancelled
      ? { outcome: 'cancelled', error: errorOf(jobErrors.cancelled()) }
      : { outcome: 'failed', error: errorOf(error) };
  }

  async #enter(step: AnyStep): Promise<void> {
    const cancellable = !this.pastNoReturn;
    await this.#row('job.step', { state: 'running', step: step.name, cancellable });
  }

  async #keep(at: number): Promise<void> {
    const scratch = structuredClone(this.#scratch);
    await this.#deps.records.commit('job.step', (draft) => {
      const record = draft[this.id];
      if (record === undefined) return;
      record.at = at;
      record.scratch = scratch;
      record.undoing = this.#undoing;
    });
    this.#at = at;
  }

  async #back(failure: Failure): Promise<Failure> {
    const steps = this.#definition.steps as readonly AnyStep[];
    this.#undoing = failure;
    await this.#ifWritable(() => this.#keep(Math.min(this.#at, steps.length - 1)));
    await this.#ifWritable(() => this.#row('job.undo', { state: 'undoing', cancellable: false }));
    const leftBehind: string[] = [];
    for (let index = this.#at; index >= 0; index--) {
      if (this.#left()) return failure;
      const step = steps[index];
      if (step?.undo !== undefined && !(await this.#undo(step))) leftBehind.push(step.name);
      await this.#ifWritable(() => this.#keep(index - 1));
    }
    if (leftBehind.length === 0) return failure;
    return { ...failure, error: { ...failure.error, data: { ...failure.error.data, leftBehind } } };
  }

  async #undo(step: AnyStep): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await step.undo?.(this.#undoContext(step));
        return true;
      } catch (error) {
        this.#deps.log.error({ err: error, job: this.id, step: step.name, attempt }, 'A step could not be undone');
        if (!(await this.#again(error, attempt, attempts))) return false;
      }
    }
  }

  async #settle(failure: Failure | null): Promise<void> {
    const error = failure === null ? null : failure.error;
    try {
      await written(
        async () => this.#definition.settled?.({ input: this.#input, scratch: this.#scratch, error }),
        this.#deps,
      );
    } catch (error) {
      this.#deps.log.error({ err: error, job: this.id }, 'A job did not settle');
    }
  }

  async #row(reason: string, change: Partial<JobRow>): Promise<void> {
    await this.#deps.jobs.commit(reason, (draft) => {
      const row = draft[this.id];
      if (row !== undefined) Object.assign(row, change);
    });
  }

  #undoContext(step: AnyStep): UndoContext {
    const log = this.#deps.log.child({ job: this.id, step: step.name });
    return { job: this.id, input: this.#input, scratch: this.#scratch, log };
  }

  #context(step: AnyStep): StepContext<unknown, object> {
    return {
      ...this.#undoContext(step),
      signal: this.#abort.signal,
      progress: (done, total, units = 'bytes') => this.#deps.progress.count(done, total, units),
      say: (phase) => this.#deps.progress.rename(phase),
    };
  }
}

/** The part of an error that may stand in a row. */
export function errorOf(error: unknown): NonNullable<JobRow['error']> {
  const { code, message, data } = HearthError.from(error);
  return { code, message, data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> };
}
