/**
 * Requests to the guest of one service. They outlive a connection: after a reconnect what the guest never received is
 * sent again, what it still works on is waited for, and what it answered meanwhile is taken from its hello.
 *
 * Ids say which method they are of, so that a kernel that takes over knows what the guest is busy with.
 */
import { randomBytes } from 'node:crypto';
import type { GuestHello } from '@hearth/contract';

export interface Answer {
  readonly result?: unknown;
  readonly error?: unknown;
}

interface Pending {
  readonly line: object | null;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly promise: Promise<Answer>;
}

export class Requests {
  readonly #pending = new Map<string, Pending>();
  /** Begun by an earlier kernel. */
  readonly #inherited = new Map<string, Pending>();
  readonly #prefix = randomBytes(9).toString('base64url');
  #count = 0;

  begin(method: string, params: object): { id: string; line: object; answer: Promise<Answer> } {
    this.#count += 1;
    const id = `${method}.${this.#prefix}.${this.#count}`;
    const line = { id, method, params };
    const pending = open(line);
    this.#pending.set(id, pending);
    return { id, line, answer: pending.promise };
  }

  forget(id: string): void {
    this.#pending.delete(id);
  }

  /** @returns whether somebody waited for it */
  answer(id: string, answer: Answer): boolean {
    const pending = this.#pending.get(id) ?? this.#inherited.get(id);
    this.#pending.delete(id);
    pending?.resolve(answer);
    return pending !== undefined;
  }

  /** What an earlier kernel asked for by this method and the guest has not forgotten; taken once. */
  inherit(method: string): Promise<Answer> | null {
    for (const [id, pending] of this.#inherited) {
      if (!id.startsWith(`${method}.`)) continue;
      this.#inherited.delete(id);
      this.#pending.set(id, pending);
      return pending.promise;
    }
    return null;
  }

  /** Brings both sides to one view. @returns the lines that must be sent again */
  reconcile(hello: GuestHello): object[] {
    const known = new Set([...hello.running, ...hello.results.map(({ request }) => request)]);
    for (const id of known) if (!this.#pending.has(id) && !this.#inherited.has(id)) this.#inherited.set(id, open(null));
    for (const { request, ...answer } of hello.results) this.answer(request, answer);
    return [...this.#pending]
      .filter(([id, pending]) => !known.has(id) && pending.line !== null)
      .map(([, pending]) => pending.line as object);
  }

  /** The container is gone, and every answer with it. */
  abandon(error: unknown): void {
    for (const pending of [...this.#pending.values(), ...this.#inherited.values()]) pending.reject(error);
    this.#pending.clear();
    this.#inherited.clear();
  }
}

function open(line: object | null): Pending {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  // Nobody may be waiting for what an earlier kernel asked.
  promise.catch(() => undefined);
  return { line, promise, resolve, reject };
}
