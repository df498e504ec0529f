/**
 * The one way to a method: find, allow, parse, deadline, call, parse the answer. No other place does any of these.
 */
import { randomBytes } from 'node:crypto';
import {
  type AnyMethod,
  type CallContext,
  type Exchange,
  HearthError,
  type Log,
  type Principal,
} from '@hearth/contract';
import type { z } from 'zod';
import type { Audit } from '../audit/audit.ts';
import { aboutOf, isPrivileged } from '../audit/privileged.ts';
import { onBehalfOf } from '../caller.ts';
import { within } from '../deadline.ts';
import { errors, rpcErrors } from '../errors.ts';
import { mustAllow } from './allow.ts';

export interface Call {
  readonly method: string;
  readonly input: unknown;
  readonly principal: Principal;
  readonly callId?: string;
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal;
  readonly exchange?: Exchange;
}

export interface TableRow {
  readonly method: AnyMethod;
  /** Waits until whoever answers is up; throws why it is not. Absent for the kernel's own. */
  readonly up?: () => Promise<void>;
}

export interface Dispatcher {
  readonly methods: readonly AnyMethod[];
  /** Answers the parsed output, or throws a HearthError. */
  call(call: Call): Promise<unknown>;
}

const defaultDeadlineMs = 30_000;

export function newCallId(): string {
  return randomBytes(9).toString('base64url');
}

/** Throws `kernel.methodTwice`. */
export function createDispatcher(
  rows: readonly TableRow[],
  parts: {
    readonly log: Log;
    readonly deadlineScale: number;
    readonly audit?: Pick<Audit, 'record'>;
    /** Methods that come and go: those of confined plugins. They never stand for one of the table. */
    readonly further?: (name: string) => AnyMethod | undefined;
  },
): Dispatcher {
  const table = new Map<string, TableRow>();
  for (const row of rows) {
    if (table.has(row.method.name)) throw errors.methodTwice({ method: row.method.name });
    table.set(row.method.name, row);
  }

  const find = (name: string): TableRow | undefined => {
    const method = table.has(name) ? undefined : parts.further?.(name);
    return method === undefined ? table.get(name) : { method };
  };

  const run = async (call: Call, callId: string): Promise<unknown> => {
    const row = find(call.method);
    if (row === undefined) throw rpcErrors.unknownMethod({ method: call.method });
    const { method } = row;
    mustAllow(method.name, method.allow, call.principal);
    const input = parse(method.input, call.input ?? {}, method.name, rpcErrors.invalidInput);
    const ms = (method.deadlineMs ?? defaultDeadlineMs) * parts.deadlineScale;
    const output = await within(
      ms,
      method.name,
      async (signal) => {
        await row.up?.();
        return method.run(input, contextOf(call, callId, signal, parts.log));
      },
      { signal: call.signal, error: () => rpcErrors.deadline({ method: method.name, ms }) },
    );
    return parse(method.output, output ?? null, method.name, rpcErrors.invalidOutput);
  };

  const writeDown = async (call: Call, callId: string, outcome: string): Promise<void> => {
    const method = find(call.method)?.method;
    if (method === undefined || !isPrivileged(method, call.principal, outcome)) return;
    await parts.audit?.record({
      who: nameOf(call.principal),
      from: call.exchange?.clientAddress ?? 'local',
      method: method.name,
      about: aboutOf(call.input),
      outcome,
      call: callId,
    });
  };

  return {
    methods: [...table.values()].map(({ method }) => method),
    async call(call) {
      const callId = call.callId ?? newCallId();
      const began = performance.now();
      let failure: HearthError | null = null;
      try {
        return await onBehalfOf(nameOf(call.principal), () => run(call, callId));
      } catch (error) {
        failure = HearthError.from(error);
        throw failure;
      } finally {
        const data = {
          call: callId,
          method: call.method,
          by: nameOf(call.principal),
          ms: Math.round(performance.now() - began),
        };
        if (failure?.kind === 'INTERNAL') parts.log.error({ ...data, err: failure }, 'call failed');
        else parts.log.debug({ ...data, outcome: failure?.code ?? 'ok' }, 'call');
        await writeDown(call, callId, failure?.code ?? 'ok');
      }
    },
  };
}

function contextOf(call: Call, callId: string, signal: AbortSignal, log: Log): CallContext {
  return {
    principal: call.principal,
    callId,
    signal,
    log: log.child({ call: callId }),
    ...(call.exchange === undefined ? {} : { exchange: call.exchange }),
  };
}

function parse(schema: z.ZodType, value: unknown, method: string, error: typeof rpcErrors.invalidInput): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Paths and reasons only: what was sent may hold a secret.
  const issues = result.error.issues.slice(0, 10).map(({ path, message }) => ({ path: path.join('.'), message }));
  const [first] = issues;
  const reason =
    first === undefined || first.path === '' ? (first?.message ?? 'Invalid') : `${first.path}: ${first.message}`;
  throw error({ method, reason, issues });
}

/** As history and audit log call them: `user owner`, `root`. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.program === undefined
        ? `user ${principal.user}`
        : `user ${principal.user} by token "${principal.program.name}"`;
    case 'package':
      return `package ${principal.service}`;
    case 'plugin':
      return `plugin ${principal.plugin}`;
    case 'anonymous':
    case 'root':
      return principal.kind;
  }
}
