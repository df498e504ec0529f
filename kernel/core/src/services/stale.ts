/**
 * Parked services for which something they watch has changed: woken in the background, so that their script sets up
 * itself anew with what is true now; then they lie down again.
 */
import { Alarm } from './alarm.ts';
import type { Context } from './context.ts';
import { liesStill } from './parking/restore.ts';

const atOnce = 2;

export class Stale {
  readonly #context: Pick<Context, 'log' | 'deadlines' | 'rows'>;
  readonly #refresh: (service: string) => Promise<void>;
  readonly #marked = new Set<string>();
  readonly #alarm = new Alarm();
  #working = 0;
  #closed = false;

  /** @param refresh brings the container up, has the script initialised, and lets it be parked again */
  constructor(context: Pick<Context, 'log' | 'deadlines' | 'rows'>, refresh: (service: string) => Promise<void>) {
    this.#context = context;
    this.#refresh = refresh;
  }

  mark(service: string): void {
    if (this.#closed || this.#marked.has(service)) return;
    this.#marked.add(service);
    // Not put off again by later changes: one that never stops changing is still seen.
    if (this.#marked.size === 1) this.#alarm.set(this.#context.deadlines.stale, () => this.#next());
  }

  close(): void {
    this.#closed = true;
    this.#alarm.cancel();
    this.#marked.clear();
  }

  #next(): void {
    for (const service of this.#marked) {
      if (this.#closed || this.#working >= atOnce) return;
      this.#marked.delete(service);
      if (!this.#atRest(service)) continue;
      this.#working += 1;
      void this.#refresh(service)
        .catch((error: unknown) => this.#context.log.warn({ err: error, service }, 'A parked service was not woken'))
        .finally(() => {
          this.#working -= 1;
          this.#next();
        });
    }
  }

  /** One that starts, or that a job has, is set up anew without us. */
  #atRest(service: string): boolean {
    const row = this.#context.rows.read(service);
    return row !== null && liesStill(row);
  }
}
