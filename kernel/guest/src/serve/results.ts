/** Requests of the host at work, and answers kept until the kernel says it has them safe. */
export interface HeldResult {
  readonly request: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

const mostHeld = 256;

export class Results {
  readonly #running = new Set<string>();
  readonly #held = new Map<string, HeldResult>();

  /** False: it is at work already, or answered (`held` has it). */
  begin(request: string): boolean {
    if (this.#running.has(request) || this.#held.has(request)) return false;
    this.#running.add(request);
    return true;
  }

  end(result: HeldResult): void {
    this.#running.delete(result.request);
    this.#held.set(result.request, result);
    const oldest = this.#held.keys().next();
    if (this.#held.size > mostHeld && oldest.done !== true) this.#held.delete(oldest.value);
  }

  held(request: string): HeldResult | null {
    return this.#held.get(request) ?? null;
  }

  acknowledge(request: string): void {
    this.#held.delete(request);
  }

  running(): string[] {
    return [...this.#running];
  }

  all(): HeldResult[] {
    return [...this.#held.values()];
  }
}
