/** What the checks of each service say, since when; volatile, told again by the guest after every reconnect. */
import type { CheckResult, Events, HealthEntry, Slice } from '@hearth/contract';

export type HealthReport = {
  readonly name: string;
  readonly result: CheckResult;
  readonly message: string | null;
  readonly since?: number | undefined;
};

export class Health {
  readonly #slice: Slice<Record<string, Record<string, HealthEntry>>>;
  readonly #events: Events;
  readonly #now: () => number;

  constructor(slice: Slice<Record<string, Record<string, HealthEntry>>>, events: Events, now: () => number) {
    this.#slice = slice;
    this.#events = events;
    this.#now = now;
  }

  of(service: string): Readonly<Record<string, HealthEntry>> {
    return this.#slice.read()[service] ?? {};
  }

  async set(service: string, check: string, report: HealthReport): Promise<void> {
    const known = this.of(service)[check];
    const message = report.message?.slice(0, 2000) ?? null;
    const { name, result } = report;
    if (known?.name === name && known.result === result && known.message === message) return;
    const since = known?.result === result ? known.since : Math.min(report.since ?? Infinity, this.#now());
    await this.#slice.commit('service.health', (draft) => {
      draft[service] = { ...draft[service], [check]: { name, result, message, since } };
    });
    if (known?.result === result) return;
    const before = known?.result ?? null;
    this.#events.emit('service.health', { service, check, name, before, after: result, message });
  }

  /** Its main is down: nothing is known any more. */
  async clear(service: string): Promise<void> {
    if (this.#slice.read()[service] === undefined) return;
    await this.#slice.commit('service.health', (draft) => {
      delete draft[service];
    });
  }
}
