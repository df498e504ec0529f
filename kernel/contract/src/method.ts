/**
 * A method of the API: declared once, as a value.
 *
 * From the table of methods come validation, the typed client, the CLI commands with their help, the OpenRPC document
 * and the reference pages. Nothing about a method is written down twice.
 */
import type { z } from 'zod';
import type { ErrorData } from './errors.ts';
import type { Log } from './plugin.ts';

/** Who is calling. Sessions belong to people; `root` is whoever may open the socket that only root can open. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly user: string;
      readonly role: Role;
      readonly session: string;
      /** Set for a program that acts with a token of the user's. */
      readonly program?: Program;
    }
  | { readonly kind: 'root' }
  | { readonly kind: 'package'; readonly service: string }
  | { readonly kind: 'plugin'; readonly plugin: string };

export interface Program {
  /** As the owner called its token. */
  readonly name: string;
  /**
   * What it may call, within its role: names of methods, `package.start`, or all beneath one, `package.*`. Null: whatever
   * the role may.
   */
  readonly scopes: readonly string[] | null;
}

export type Role = 'owner' | 'admin' | 'viewer';

/**
 * Who may call: `anyone` (also without a session), `viewer`, `admin` or `owner` (that role or a stronger one).
 * `root` passes everywhere. Packages and plugins come in by other doors and never match.
 */
export type Allow = 'anyone' | 'viewer' | 'admin' | 'owner';

/** What a method may know and do about the HTTP exchange it came in by; absent on sockets and in tests. */
export interface Exchange {
  readonly clientAddress: string;
  readonly userAgent: string;
  /** `https://hearth.local:8443`, as the browser names the page that calls; null outside browsers. */
  readonly origin: string | null;
  cookie(name: string): string | null;
  /** `maxAge` in seconds; 0 removes. Always `__Host-` shaped: Secure, HttpOnly, SameSite=Strict, Path=/. */
  setCookie(name: string, value: string, maxAge: number): void;
  /** The origin-bound half of the session: the `X-Hearth-Token` header. */
  readonly token: string | null;
}

export interface CallContext {
  readonly principal: Principal;
  /** Unique per call; stands in the log and in every error that leaves. */
  readonly callId: string;
  /** Aborted when the caller goes away or the deadline passes. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly exchange?: Exchange;
}

export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** Dotted, StartOS's name where the feature is the same: `package.start`. */
  readonly name: string;
  /** One sentence, imperative, for the help and the reference. */
  readonly about: string;
  readonly input: I;
  readonly output: O;
  readonly allow: Allow;
  /** Milliseconds; 30,000 unless told. */
  readonly deadlineMs?: number;
  readonly examples?: readonly { readonly input: ErrorData; readonly output: unknown }[];
  run(input: z.output<I>, context: CallContext): Promise<z.input<O>> | z.input<O>;
}

/** Ties the types of `run` to the schemas. */
export function defineMethod<I extends z.ZodType, O extends z.ZodType>(method: Method<I, O>): Method<I, O> {
  return Object.freeze(method);
}

/** A method whose schemas are no longer known to the type system; what the dispatcher keeps. */
export interface AnyMethod {
  readonly name: string;
  readonly about: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly allow: Allow;
  readonly deadlineMs?: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parsed input fits by construction: see Method
  run(input: any, context: CallContext): unknown;
}
