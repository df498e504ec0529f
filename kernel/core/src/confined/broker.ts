/**
 * Answers what a confined plugin asks: is there such a verb, was its capability granted, is the input what it must be; then
 * the verb, then the audit log. No other place does any of these.
 */
import {
  type CapabilityName,
  type CapabilityOf,
  type ConfinedOutput,
  type ConfinedParsed,
  type ConfinedVerb,
  confinedVerbs,
  HearthError,
  type Log,
  type PluginRow,
} from '@hearth/contract';
import type { Audit } from '../audit/audit.ts';
import { aboutOf } from '../audit/privileged.ts';
import { newCallId } from '../rpc/dispatcher.ts';
import { onBehalfOf } from '../caller.ts';
import { refusals } from './errors.ts';
import { grantOf } from './grants.ts';

/** What a verb does, once it is allowed: the input is parsed, the grant is the one that covers it. */
export type Verbs = {
  readonly [V in ConfinedVerb]: (
    input: ConfinedParsed<V>,
    grant: CapabilityOf<(typeof confinedVerbs)[V]['capability'] & CapabilityName>,
  ) => Promise<ConfinedOutput<V>> | ConfinedOutput<V>;
};

export interface BrokerParts {
  readonly plugin: string;
  /** As it is now: a grant that was taken back is gone with the next call. */
  readonly row: () => PluginRow | undefined;
  readonly verbs: Verbs;
  readonly audit: Pick<Audit, 'record'>;
  readonly log: Log;
}

export function createBroker({ plugin, row, verbs, audit, log }: BrokerParts) {
  const run = async (verb: string, input: unknown): Promise<unknown> => {
    if (!isVerb(verb)) throw refusals.unknownVerb({ verb: verb.slice(0, 64) });
    const { capability, input: schema, output } = confinedVerbs[verb];
    const found = row();
    const grant = found === undefined ? undefined : grantOf(found, capability);
    if (grant === undefined) throw refusals.notGranted({ verb, capability });
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw refusals.invalidInput({ verb, reason: reasonOf(parsed.error.issues[0]) });
    const answer = await onBehalfOf(`plugin ${plugin}`, () => verbs[verb](parsed.data as never, grant as never));
    return output.parse(answer);
  };
  return {
    async answer(verb: string, input: unknown): Promise<unknown> {
      const call = newCallId();
      let outcome = 'ok';
      try {
        return await run(verb, input);
      } catch (error) {
        const failure = tellable(error);
        if (failure.kind === 'INTERNAL') log.error({ plugin, verb, call, err: error }, 'a call of a plugin failed');
        outcome = failure.code;
        throw failure;
      } finally {
        const about = verb === 'network.fetch' || verb === 'backup.fetch' ? { name: hostOf(input) } : aboutOf(input);
        await audit.record({ who: `plugin ${plugin}`, from: 'local', method: verb.slice(0, 64), about, outcome, call });
      }
    },
  };
}

function isVerb(verb: string): verb is ConfinedVerb {
  return Object.hasOwn(confinedVerbs, verb);
}

/** An error of the kernel may say more than a plugin is to know. */
function tellable(error: unknown): HearthError {
  const failure = HearthError.from(error);
  return failure.kind === 'INTERNAL' ? refusals.failed({}, error) : failure;
}

function reasonOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  if (issue === undefined) return 'Invalid';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** The rest of an address may hold a secret. */
function hostOf(input: unknown): string {
  const { url } = (typeof input === 'object' && input !== null ? input : {}) as { url?: unknown };
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host.slice(0, 100) : '';
}
