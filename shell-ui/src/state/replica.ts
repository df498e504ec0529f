/** The page's copy of the public state, typed; forgotten as a whole when the session ends. */
import { type Frame, Replica, type ReplicaOutcome } from '@hearth/contract';

export class StateReplica<State extends object> {
  #replica = new Replica();
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#follow();
  }

  /** Never changed in place: a part that did not change is the same object as before. Empty before the first snapshot. */
  get value(): State {
    return (this.#replica.state?.value ?? {}) as State;
  }

  /** Where to go on from after a lost connection. */
  get resume(): { readonly epoch: string; readonly rev: number } | undefined {
    return this.#replica.resume;
  }

  get loaded(): boolean {
    return this.#replica.state !== null;
  }

  apply(frame: Frame): ReplicaOutcome {
    return this.#replica.apply(frame);
  }

  /** Resolves when the page has seen `rev`, or after two seconds anyway (the feed may be down). */
  reached(rev: number): Promise<void> {
    return this.#replica.reached(rev);
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Another person may log in next. */
  clear(): void {
    this.#replica = new Replica();
    this.#follow();
    this.#tell();
  }

  #follow(): void {
    this.#replica.watch(() => this.#tell());
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
