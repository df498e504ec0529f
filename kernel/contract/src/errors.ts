/**
 * The one error of Hearth.
 *
 * An error is data with a stable `code`; its `kind` alone decides how it leaves by HTTP and JSON-RPC. Messages may be
 * reworded and translated at any time: nothing may ever match on them.
 */

/** HTTP status, JSON-RPC code and whether trying the same call again can help, per kind. */
export const errorKinds = {
  INVALID_INPUT: { http: 400, rpc: -32602, retry: false },
  METHOD_NOT_FOUND: { http: 404, rpc: -32601, retry: false },
  UNAUTHENTICATED: { http: 401, rpc: -32001, retry: false },
  FORBIDDEN: { http: 403, rpc: -32002, retry: false },
  NOT_FOUND: { http: 404, rpc: -32004, retry: false },
  CONFLICT: { http: 409, rpc: -32009, retry: false },
  TIMEOUT: { http: 504, rpc: -32010, retry: true },
  UNAVAILABLE: { http: 503, rpc: -32011, retry: true },
  CANCELLED: { http: 499, rpc: -32012, retry: false },
  INTERNAL: { http: 500, rpc: -32603, retry: false },
} as const;

export type ErrorKind = keyof typeof errorKinds;

/** Plain JSON values that describe the failure; never a secret. */
export type ErrorData = Readonly<Record<string, unknown>>;

const brand = Symbol.for('hearth.error');

export interface HearthErrorInit {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly data?: ErrorData;
  readonly cause?: unknown;
}

export class HearthError extends Error {
  /** `owner.name`, stable for ever: `backup.repositoryLocked`. */
  readonly code: string;
  readonly kind: ErrorKind;
  readonly data: ErrorData;
  readonly [brand] = true;

  constructor(init: HearthErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'HearthError';
    this.code = init.code;
    this.kind = init.kind;
    this.data = init.data ?? {};
  }

  /** True for errors of another copy of this module too (isolates, jest realms), where `instanceof` is not. */
  static is(value: unknown): value is HearthError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Wraps anything thrown. Called once per boundary: dispatcher, sandbox bridge, job runner, supervisor. */
  static from(value: unknown): HearthError {
    if (HearthError.is(value)) return value;
    if (isAbort(value)) {
      return new HearthError({ code: 'hearth.cancelled', kind: 'CANCELLED', message: 'Cancelled', cause: value });
    }
    return new HearthError({ code: 'hearth.internal', kind: 'INTERNAL', message: 'Internal error', cause: value });
  }

  /** The JSON that may leave the machine. INTERNAL errors keep their cause to themselves. */
  toWire(): WireError {
    return { code: this.code, kind: this.kind, message: this.message, data: this.data };
  }

  static fromWire(wire: WireError): HearthError {
    const kind = wire.kind in errorKinds ? wire.kind : 'INTERNAL';
    return new HearthError({ code: wire.code, kind, message: wire.message, data: wire.data ?? {} });
  }
}

/** By its name: a DOMException of another realm is no `Error` of this one. */
function isAbort(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === 'AbortError';
}

export interface WireError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly data?: ErrorData;
}

/** Message templates name their data in braces: `Cannot open repository {name}: another backup holds it`. */
export interface ErrorTemplate {
  readonly kind: ErrorKind;
  readonly message: string;
}

export type ErrorFactory = (data?: ErrorData, cause?: unknown) => HearthError;

/** Every table made by `defineErrors`, by owner: the house tests compare it with the docs and the words of the UI. */
export const errorTables = new Map<string, Readonly<Record<string, ErrorTemplate>>>();

/** Makes one factory per row; the code is `owner.row`. */
export function defineErrors<T extends Record<string, ErrorTemplate>>(
  owner: string,
  table: T,
): { readonly [K in keyof T]: ErrorFactory } {
  errorTables.set(owner, { ...errorTables.get(owner), ...table });
  const made: Record<string, ErrorFactory> = {};
  for (const [name, template] of Object.entries(table)) {
    made[name] = (data = {}, cause) =>
      new HearthError({
        code: `${owner}.${name}`,
        kind: template.kind,
        message: template.message.replaceAll(/\{(\w+)\}/g, (whole, key: string) =>
          key in data ? printable(data[key]) : whole,
        ),
        data,
        cause,
      });
  }
  return made as { readonly [K in keyof T]: ErrorFactory };
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
