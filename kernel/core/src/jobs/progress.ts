/** How far the running job is: steps as phases, counts as often as the step likes, told at most four times a second. */
import type { JobProgress, Phase, Slice } from '@hearth/contract';

const intervalMs = 250;

export interface ProgressReport {
  /** Begins the phase of a step; those before it are done. */
  begin(index: number): void;
  count(done: number, total: number | null, units: 'bytes' | 'steps'): void;
  rename(name: string): void;
  /** Takes the progress out of the state. */
  end(): void;
}

/**
 * Progress of one job. Failures to tell it are told to `onError` and stop nothing.
 *
 * @param titles one per step, in order
 */
export function reportProgress(
  slice: Slice<Record<string, JobProgress>>,
  job: string,
  titles: readonly string[],
  onError: (error: unknown) => void,
  now: () => number = Date.now,
): ProgressReport {
  const phases: Phase[] = titles.map((name) => ({ name, progress: null }));
  let running = -1;
  let begun = 0;
  let eta: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let ended = false;

  const tell = (): void => {
    timer = null;
    if (ended) return;
    const value = { phases: phases.map((phase) => ({ ...phase })), eta };
    slice.commit('job.progress', (draft) => void (draft[job] = value)).catch(onError);
  };
  const schedule = (): void => {
    timer ??= setTimeout(tell, intervalMs).unref();
  };
  const change = (index: number, part: Partial<Phase>): void => {
    const phase = phases[index];
    if (phase !== undefined) phases[index] = { ...phase, ...part };
  };

  return {
    begin(index) {
      for (let earlier = 0; earlier < index; earlier++) change(earlier, { progress: true });
      change(index, { progress: false });
      running = index;
      begun = now();
      eta = null;
      schedule();
    },
    count(done, total, units) {
      change(running, { progress: { done, total, units } });
      eta = secondsLeft(done, total, now() - begun);
      schedule();
    },
    rename(name) {
      change(running, { name: name.slice(0, 200) });
      schedule();
    },
    end() {
      ended = true;
      if (timer !== null) clearTimeout(timer);
      slice
        .commit('job.progress', (draft) => {
          delete draft[job];
        })
        .catch(onError);
    },
  };
}

/** From the mean speed so far; null while nothing can be said: too early, or no total. */
export function secondsLeft(done: number, total: number | null, elapsedMs: number): number | null {
  if (total === null || done <= 0 || elapsedMs < 1000) return null;
  return Math.max(0, Math.round(((total - done) * elapsedMs) / done / 1000));
}
