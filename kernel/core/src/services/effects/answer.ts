/** One effect from its raw parameters to the JSON-RPC answer in StartOS's shape. The table of kinds is in spec/40-services.md. */
import { effectErrorKinds, effects, type EffectName, type ErrorKind, HearthError, type Log } from '@hearth/contract';
import { z } from 'zod';
import { effectErrors } from '../errors.ts';
import type { EffectAnswer } from '../hello.ts';
import type { EffectCall, Handlers } from './call.ts';

const kinds: Readonly<Record<ErrorKind, keyof typeof effectErrorKinds>> = {
  INVALID_INPUT: 'invalidRequest',
  METHOD_NOT_FOUND: 'invalidRequest',
  UNAUTHENTICATED: 'authorization',
  FORBIDDEN: 'authorization',
  NOT_FOUND: 'notFound',
  CONFLICT: 'invalidRequest',
  TIMEOUT: 'timeout',
  UNAVAILABLE: 'unknown',
  CANCELLED: 'unknown',
  INTERNAL: 'unknown',
};
/** A script that fails has refused nothing: whoever called it hears that it failed. */
const kindOf = ({ code, kind }: HearthError) => (code === 'services.scriptFailed' ? 'unknown' : kinds[kind]);
const withEvent = z.object({ eventId: z.string().max(256).nullish() });

export function answerEffects(handlers: Handlers, log: Log) {
  return async (service: string, method: string, params: unknown): Promise<EffectAnswer> => {
    if (!Object.hasOwn(effects, method))
      return {
        error: {
          code: -32601,
          message: 'Method not found',
          data: { details: effectErrors.unknownMethod({ method }).message, debug: null },
        },
      };
    const name = method as EffectName;
    const parsed = effects[name].safeParse(params ?? {});
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const details = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as it must be'}`;
      return { error: { ...effectErrorKinds.deserialization, data: { details, debug: null } } };
    }
    const event = withEvent.safeParse(params ?? {});
    const call: EffectCall = { service, event: event.success ? (event.data.eventId ?? null) : null };
    try {
      // The schema of this very name has parsed them.
      const handler = handlers[name] as (params: unknown, call: EffectCall) => unknown;
      return { result: (await handler(parsed.data, call)) ?? null };
    } catch (thrown) {
      const error = HearthError.from(thrown);
      if (error.kind === 'INTERNAL') log.warn({ err: thrown, service, effect: method }, 'An effect failed');
      return { error: { ...effectErrorKinds[kindOf(error)], data: { details: error.message, debug: null } } };
    }
  };
}
