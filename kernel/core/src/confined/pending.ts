/** Work a plugin was given and has not answered, and what it asks meanwhile. */
import { HearthError, type ConfinedFrame } from '@hearth/contract';
import { errors } from './errors.ts';

/** Asks of one plugin that are answered at the same time. */
const mostAsks = 32;
/** Calls of its methods and jobs at the same time. */
const mostWork = 64;

type Done = Extract<ConfinedFrame, { readonly done: number }>;

export class Pending {
  readonly #plugin: string;
  readonly #work = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #turns: (() => void)[] = [];
  #asks = 0;
  #last = 0;

  constructor(plugin: string) {
    this.#plugin = plugin;
  }

  /** Sends work and waits for its answer. An aborted one is cancelled, and its late answer dropped. */
  async run(send: (id: number) => void, cancel: (id: number) => void, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (this.#work.size >= mostWork) throw errors.notRunning({ plugin: this.#plugin, reason: 'it has too much to do' });
    const id = (this.#last += 1);
    const answer = Promise.withResolvers<unknown>();
    this.#work.set(id, answer);
    const abort = (): void => {
      cancel(id);
      answer.reject(signal.reason instanceof Error ? signal.reason : new DOMException('Aborted', 'AbortError'));
    };
    signal.addEventListener('abort', abort, { once: true });
    send(id);
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#work.delete(id);
    }
  }

  settle(frame: Done): void {
    const answer = this.#work.get(frame.done);
    if (answer === undefined) return;
    if ('error' in frame) answer.reject(this.#failure(frame.error));
    else answer.resolve(frame.value);
  }

  /** The process is gone. */
  abandon(): void {
    for (const answer of this.#work.values()) answer.reject(errors.ended({ plugin: this.#plugin }));
    this.#work.clear();
    for (const go of this.#turns.splice(0)) go();
  }

  /** Waits until another ask may be answered. */
  async room(): Promise<void> {
    this.#asks += 1;
    if (this.#asks > mostAsks) await new Promise<void>((go) => this.#turns.push(go));
  }

  leave(): void {
    this.#asks -= 1;
    this.#turns.shift()?.();
  }

  /** In the plugin's words, under a code of its own: it cannot pass for an error of the kernel. */
  #failure({ code, message }: Extract<Done, { error: unknown }>['error']): HearthError {
    const own = code.replaceAll(/[^A-Za-z0-9.]/g, '').slice(0, 60);
    return new HearthError({
      code: errors.failed().code,
      kind: 'CONFLICT',
      message: message === '' ? `Plugin "${this.#plugin}" failed` : message,
      data: { plugin: this.#plugin, reason: message, cause: own },
    });
  }
}
