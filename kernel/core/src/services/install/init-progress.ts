/** What a script says about its own init, shown beside the bar of the job that runs it. */
import type { FullProgress, Progress, StepContext } from '@hearth/contract';

type Bar = Pick<StepContext<unknown, object>, 'progress' | 'say'>;

export class InitProgress {
  readonly #bars = new Map<string, Bar>();

  async during<T>(service: string, bar: Bar, work: () => Promise<T>): Promise<T> {
    this.#bars.set(service, bar);
    try {
      return await work();
    } finally {
      this.#bars.delete(service);
    }
  }

  /** Ignored while no job waits for the service's init. */
  tell(service: string, told: Progress | FullProgress): void {
    const bar = this.#bars.get(service);
    if (bar === undefined || told === null || typeof told === 'boolean') return;
    if (!('phases' in told)) return count(bar, told);
    const running = told.phases.find(({ progress }) => progress !== null && progress !== true);
    if (running !== undefined) bar.say(`Setting up: ${running.name}`);
    count(bar, told.overall);
  }
}

function count(bar: Bar, progress: Progress): void {
  if (progress !== null && typeof progress === 'object')
    bar.progress(progress.done, progress.total, progress.units ?? 'steps');
}
