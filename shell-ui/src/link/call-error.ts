/** A call that failed: the server's own words, or why it could not be asked. */

/** The session is missing or over; a wrong password is another thing. */
const signInFirst = 'rpc.signInFirst';
const retriable: ReadonlySet<number> = new Set([-32010, -32011]);

export interface WireFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly code?: string; readonly callId?: string } & Readonly<Record<string, unknown>>;
}

export class CallError extends Error {
  /** Stable, `owner.name`: what words are looked up by. */
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Stands in the server's log; null when it was never reached. */
  readonly callId: string | null;
  readonly needsLogin: boolean;
  /** The same call may work in a moment. */
  readonly mayRetry: boolean;

  constructor(init: {
    code: string;
    message: string;
    data?: Readonly<Record<string, unknown>>;
    callId?: string | null;
    needsLogin?: boolean;
    mayRetry?: boolean;
  }) {
    super(init.message);
    this.name = 'CallError';
    this.code = init.code;
    this.data = init.data ?? {};
    this.callId = init.callId ?? null;
    this.needsLogin = init.needsLogin ?? false;
    this.mayRetry = init.mayRetry ?? false;
  }

  static fromWire(failure: WireFailure): CallError {
    const { code, callId, ...data } = failure.data ?? {};
    return new CallError({
      code: code ?? 'hearth.internal',
      message: failure.message,
      data,
      callId: callId ?? null,
      needsLogin: code === signInFirst,
      mayRetry: retriable.has(failure.code),
    });
  }

  static unreachable(): CallError {
    return new CallError({ code: 'link.unreachable', message: 'The server does not answer', mayRetry: true });
  }

  static unreadable(status: number): CallError {
    return new CallError({
      code: 'link.unreadable',
      message: `The server answered with something else (HTTP ${status})`,
      data: { status },
      mayRetry: true,
    });
  }

  static from(value: unknown): CallError {
    if (value instanceof CallError) return value;
    return new CallError({ code: 'link.page', message: value instanceof Error ? value.message : String(value) });
  }
}
