/** The forms that were drawn lately, by event: what comes back is held to the form the owner saw. */
import type { ActionInput } from '../scripts.ts';

export type Form = Pick<ActionInput, 'spec' | 'value'>;

const maximumForms = 256;

export class Forms {
  /** Oldest first. */
  readonly #kept = new Map<string, Form>();

  keep(service: string, action: string, event: string, form: Form): void {
    const key = keyOf(service, action, event);
    this.#kept.delete(key);
    this.#kept.set(key, form);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= maximumForms) break;
      this.#kept.delete(old);
    }
  }

  find(service: string, action: string, event: string): Form | null {
    return this.#kept.get(keyOf(service, action, event)) ?? null;
  }

  /** It was filled in. */
  drop(service: string, action: string, event: string): void {
    this.#kept.delete(keyOf(service, action, event));
  }
}

const keyOf = (...parts: string[]): string => JSON.stringify(parts);
