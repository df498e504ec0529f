/** The rows of the installed services: read, changed by one commit each, never held. */
import type { Events, ServiceRow, ServiceStatus, Slice } from '@hearth/contract';
import { errors } from './errors.ts';
import { apply, type Move, type Told } from './machine.ts';

export class Rows {
  readonly #slice: Slice<Record<string, ServiceRow>>;
  readonly #events: Events;

  constructor(slice: Slice<Record<string, ServiceRow>>, events: Events) {
    this.#slice = slice;
    this.#events = events;
  }

  all(): readonly ServiceRow[] {
    return Object.values(this.#slice.read());
  }

  read(service: string): ServiceRow | null {
    return this.#slice.read()[service] ?? null;
  }

  /** @throws services.notInstalled */
  get(service: string): ServiceRow {
    const row = this.read(service);
    if (row === null) throw errors.notInstalled({ service });
    return row;
  }

  /** Changes the row as it is when its turn comes. @throws services.notInstalled */
  async change(service: string, reason: string, change: (row: ServiceRow) => void): Promise<number> {
    return this.#slice.commit(reason, (draft) => {
      const row = draft[service];
      if (row === undefined) throw errors.notInstalled({ service });
      change(row);
    });
  }

  /** As `change`, but a service that has gone meanwhile is no error. */
  async changeIfThere(service: string, reason: string, change: (row: ServiceRow) => void): Promise<void> {
    await this.#slice.commit(reason, (draft) => {
      const row = draft[service];
      if (row !== undefined) change(row);
    });
  }

  async changeAll(reason: string, change: (rows: Record<string, ServiceRow>) => void): Promise<number> {
    return this.#slice.commit(reason, change);
  }

  async insert(row: ServiceRow, reason: string): Promise<number> {
    return this.#slice.commit(reason, (draft) => {
      draft[row.id] = row;
    });
  }

  async remove(service: string, reason: string): Promise<void> {
    await this.#slice.commit(reason, (draft) => {
      delete draft[service];
    });
  }

  /** One move of the state machine, with whatever else belongs to it. @throws services.illegalMove */
  async move(service: string, move: Move, told: Told, also?: (row: ServiceRow) => void): Promise<number> {
    const passed: ServiceStatus['actual'][] = [];
    const rev = await this.change(service, `service.${move}`, (row) => {
      passed.push(row.status.actual);
      row.status = apply(service, row.status, move, told);
      passed.push(row.status.actual);
      also?.(row);
    });
    const [from, to] = passed;
    if (from !== undefined && to !== undefined)
      this.#events.emit('service.status', { service, from, to, reason: told.reason });
    return rev;
  }

  watch(listener: () => void): () => void {
    return this.#slice.watch(listener);
  }
}
