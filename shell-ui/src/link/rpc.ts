/** JSON-RPC 2.0 by POST, one call each, with the page's half of the session. */
import { CallError, type WireFailure } from './call-error.ts';
import type { Methods } from './methods.ts';
import type { SessionToken } from './session.ts';

export interface RpcNeeds {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly session: SessionToken;
  /** Resolves when the page has seen a revision; so what a call changed is on the screen when it returns. */
  readonly seen: (rev: number) => Promise<void>;
  /** The session is over. */
  readonly onLoggedOut: () => void;
}

export type MethodName = keyof Methods;
export type Input<M extends MethodName> = Methods[M]['input'];
export type Output<M extends MethodName> = Methods[M]['output'];

export class Rpc {
  readonly #needs: RpcNeeds;
  #next = 1;

  constructor(needs: RpcNeeds) {
    this.#needs = needs;
  }

  /** @throws CallError, always. */
  async call<M extends MethodName>(method: M, input: Input<M>, signal?: AbortSignal): Promise<Output<M>> {
    return await this.#call(method, input, signal);
  }

  /** A command some plugin adds. @throws CallError, always. */
  callPlugin(plugin: string, method: string, input: object): Promise<unknown> {
    return this.#call(`${plugin}.${method}`, input, undefined);
  }

  async #call(method: string, input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const answer = await this.#post(method, input, signal);
    if ('error' in answer) {
      const error = CallError.fromWire(answer.error);
      if (error.needsLogin) this.#needs.onLoggedOut();
      throw error;
    }
    const { result } = answer;
    if (hasRev(result)) await this.#needs.seen(result.rev);
    return result;
  }

  async #post(
    method: string,
    params: unknown,
    signal: AbortSignal | undefined,
  ): Promise<{ result: unknown } | { error: WireFailure }> {
    const token = this.#needs.session.read();
    const response = await this.#needs
      .fetch('/rpc/v1', {
        method: 'POST',
        credentials: 'same-origin',
        cache: 'no-store',
        headers: { 'Content-Type': 'application/json', ...(token === null ? {} : { 'X-Hearth-Token': token }) },
        body: JSON.stringify({ jsonrpc: '2.0', id: this.#next++, method, params }),
        ...(signal === undefined ? {} : { signal }),
      })
      .catch((cause: unknown) => {
        throw signal?.aborted === true ? CallError.from(cause) : CallError.unreachable();
      });
    const body: unknown = await response.json().catch(() => null);
    if (typeof body === 'object' && body !== null && ('result' in body || 'error' in body)) {
      return body as { result: unknown } | { error: WireFailure };
    }
    throw CallError.unreadable(response.status);
  }
}

function hasRev(value: unknown): value is { rev: number } {
  return typeof value === 'object' && value !== null && 'rev' in value && typeof value.rev === 'number';
}
