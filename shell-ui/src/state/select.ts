/** Ties an element to a part of the state: it is drawn again only when that part is another one. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { StateReplica } from './replica.ts';

export class Select<State extends object, T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #replica: StateReplica<State>;
  readonly #selector: (state: State) => T;
  #value: T;
  #undo: (() => void) | null = null;

  /** `selector` must be cheap and return parts of the state, or plain values; a fresh object always counts as a change. */
  constructor(host: ReactiveControllerHost, replica: StateReplica<State>, selector: (state: State) => T) {
    this.#host = host;
    this.#replica = replica;
    this.#selector = selector;
    this.#value = selector(replica.value);
    host.addController(this);
  }

  get value(): T {
    return this.#value;
  }

  hostConnected(): void {
    this.#undo = this.#replica.watch(() => this.#look());
    this.#look();
  }

  hostDisconnected(): void {
    this.#undo?.();
    this.#undo = null;
  }

  /** A property the selector depends on may have changed. */
  hostUpdate(): void {
    this.#value = this.#selector(this.#replica.value);
  }

  #look(): void {
    const next = this.#selector(this.#replica.value);
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    this.#host.requestUpdate();
  }
}
