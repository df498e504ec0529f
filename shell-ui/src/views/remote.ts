/** Something a view asks the server for: on its way, there, or failed, and never more than one request at a time. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { CallError } from '../link/call-error.ts';

export class Remote<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #ask: (signal: AbortSignal) => Promise<T>;
  #abort: AbortController | null = null;
  value: T | null = null;
  error: CallError | null = null;
  loading = false;

  /** `eager` asks as soon as the view is shown. */
  constructor(host: ReactiveControllerHost, ask: (signal: AbortSignal) => Promise<T>, eager = true) {
    this.#host = host;
    this.#ask = ask;
    if (eager) host.addController(this);
  }

  hostConnected(): void {
    void this.load();
  }

  hostDisconnected(): void {
    this.#abort?.abort();
  }

  async load(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.loading = true;
    this.error = null;
    this.#host.requestUpdate();
    try {
      const value = await this.#ask(abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
    } catch (cause) {
      if (abort.signal.aborted) return;
      this.error = CallError.from(cause);
    }
    this.loading = false;
    this.#host.requestUpdate();
  }
}
