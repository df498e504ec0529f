/** What actions would be run with, as their script last said while nothing but itself could change it. */
import type { ParkedRow } from '../parking/parked.ts';

/** `value` as the script gives it; null where it could not be told. */
export type KnownInput = { readonly value: Record<string, unknown> | null } | null;

export class KnownInputs {
  readonly #known = new Map<string, Map<string, KnownInput>>();

  /** Undefined where nobody has asked since it may have changed. */
  find(service: string, action: string): KnownInput | undefined {
    return this.#known.get(service)?.get(action);
  }

  keep(service: string, action: string, input: KnownInput): void {
    const known = this.#known.get(service) ?? new Map<string, KnownInput>();
    known.set(action, input);
    this.#known.set(service, known);
  }

  /** Its script is at work: whatever it said before may be another thing now. */
  forget(service: string): void {
    this.#known.delete(service);
  }

  of(service: string): ParkedRow['inputs'] {
    return Object.fromEntries(this.#known.get(service) ?? []);
  }

  restore(service: string, inputs: ParkedRow['inputs']): void {
    this.#known.set(service, new Map(Object.entries(inputs)));
  }
}
