/** Finds the verb, checks what came in against the contract, runs it. */
import { type EngineVerb, engineVerbs } from '@hearth/contract';
import { errors } from '../errors.ts';
import type { Call } from '../host/machine.ts';
import { containerVerbs } from './containers.ts';
import type { Handlers, VerbContext } from './handler.ts';
import { networkVerbs } from './network.ts';
import { storageVerbs } from './storage.ts';

const handlers: Handlers<EngineVerb> = { ...networkVerbs, ...storageVerbs, ...containerVerbs };

/** Throws `engine.unknownVerb`, `engine.badInput`, and what the verb throws. */
export async function dispatch(context: VerbContext, verb: string, input: unknown, call: Call): Promise<unknown> {
  if (!isVerb(verb)) throw errors.unknownVerb({ verb: verb.slice(0, 64) });
  return runVerb(context, verb, input, call);
}

async function runVerb<V extends EngineVerb>(context: VerbContext, verb: V, input: unknown, call: Call) {
  const parsed = engineVerbs[verb].input.safeParse(input);
  if (!parsed.success) {
    // Paths and reasons only: values may be secrets.
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).slice(0, 5);
    throw errors.badInput({ verb, issues: issues.join(', ') });
  }
  return handlers[verb](context, parsed.data as Parameters<Handlers<V>[V]>[1], call);
}

function isVerb(verb: string): verb is EngineVerb {
  return Object.hasOwn(engineVerbs, verb);
}
