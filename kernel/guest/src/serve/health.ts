/** Health as last told by the script: only changes go out, and only the newest of each check waits. */
export interface HealthParams {
  readonly id: string;
  readonly name: string;
  readonly result: string;
  readonly message?: string | null;
}
export interface HealthState {
  readonly name: string;
  readonly result: string;
  readonly message: string | null;
  /** When this result began. */
  readonly since: number;
}

export class Health {
  readonly #states = new Map<string, HealthState>();

  /** True when it differs from what was told before. */
  set({ id, name, result, message }: HealthParams): boolean {
    const before = this.#states.get(id);
    const since = before?.result === result ? before.since : Date.now();
    const state: HealthState = { name, result, message: message ?? null, since };
    this.#states.set(id, state);
    return before?.name !== name || before.result !== result || before.message !== state.message;
  }

  clear(): void {
    this.#states.clear();
  }

  all(): Record<string, HealthState> {
    return Object.fromEntries(this.#states);
  }
}
