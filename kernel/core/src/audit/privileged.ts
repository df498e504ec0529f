/** Which calls are written down, and what of them. Pure. */
import type { AnyMethod, Principal } from '@hearth/contract';

/** They tell, and change nothing. */
const telling =
  /\.(list|get|get-input|logs|stats|wait|dump|history|status|read|bundle)$|^package\.attach\.(write|resize)$/;
/** Anyone may try these; an outcome that costs the caller nothing would let strangers fill the log. */
const tried = new Set(['auth.login', 'setup.execute']);
const proven = new Set(['ok', 'accounts.wrongPassword', 'accounts.wrongCode']);
const refusals = new Set(['rpc.notAllowed', 'rpc.outOfScope']);
/** Names of things. Anything else that goes into a call may be a secret. */
const named = [
  'id',
  'ids',
  'packageId',
  'actionId',
  'replayId',
  'job',
  'target',
  'services',
  'version',
  'role',
  'name',
  'snapshot',
  'scopes',
];

export function isPrivileged(
  method: Pick<AnyMethod, 'name' | 'allow'>,
  principal: Principal,
  outcome: string,
): boolean {
  if (tried.has(method.name)) return proven.has(outcome);
  if (principal.kind === 'anonymous' || method.allow === 'anyone') return false;
  // Whoever may only look changes nothing, whatever it is called.
  if (method.allow === 'viewer') return outcome === 'rpc.notAllowed';
  return !telling.test(method.name) || refusals.has(outcome);
}

/** What a call is about: names of things alone, each at most 200 characters. */
export function aboutOf(input: unknown): Record<string, string> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(
    named.flatMap((key) => {
      const value = (input as Record<string, unknown>)[key];
      const words = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((word) => typeof word === 'string');
      return words.length === 0 ? [] : [[key, words.join(' ').slice(0, 200)]];
    }),
  );
}
