/** Callbacks the host holds for the script: told again by every hello, since a new kernel knows none. */
export interface Registered {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

export class RegisteredCallbacks {
  readonly #known = new Map<number, Registered>();

  /** Takes note of what an effect's parameters say. */
  heed(method: string, params: unknown): void {
    const given = (params ?? {}) as { callback?: unknown; only?: unknown; except?: unknown };
    if (method === 'clear-callbacks') this.#clear(given);
    else if (typeof given.callback === 'number')
      this.#known.set(given.callback, { id: given.callback, method, params });
  }

  fired(id: number): void {
    this.#known.delete(id);
  }

  all(): Registered[] {
    return [...this.#known.values()];
  }

  #clear({ only, except }: { only?: unknown; except?: unknown }): void {
    const listed = new Set((only ?? except) as number[]);
    for (const id of this.#known.keys()) if (listed.has(id) === (only !== undefined)) this.#known.delete(id);
  }
}
