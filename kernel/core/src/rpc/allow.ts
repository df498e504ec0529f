/** Who may: by role, and for programs with a token also by what it was made for. Pure. */
import type { Allow, Principal, Role } from '@hearth/contract';
import { rpcErrors } from '../errors.ts';

const ranks: Readonly<Record<Role, number>> = { viewer: 1, admin: 2, owner: 3 };

/** What is no method is as good as these are: whoever may call one of them may come in there. */
const doors: Readonly<Record<string, readonly string[]>> = {
  '/feed': ['db.dump'],
  '/upload': ['package.sideload', 'plugin.install'],
};

/** Whether `principal` is let in to `what`, where `allow` stands. Packages and plugins have doors of their own. */
export function allows(what: string, allow: Allow, principal: Principal): boolean {
  switch (principal.kind) {
    case 'root':
      return true;
    case 'user':
      return allow === 'anyone' || (ranks[principal.role] >= ranks[allow] && isInScope(what, principal));
    case 'anonymous':
      return allow === 'anyone';
    case 'package':
    case 'plugin':
      return false;
  }
}

/** Throws `rpc.signInFirst`, `rpc.outOfScope` or `rpc.notAllowed`. */
export function mustAllow(what: string, allow: Allow, principal: Principal): void {
  if (allows(what, allow, principal)) return;
  if (principal.kind === 'anonymous') throw rpcErrors.signInFirst({ method: what });
  if (principal.kind === 'user' && !isInScope(what, principal)) throw rpcErrors.outOfScope({ method: what });
  throw rpcErrors.notAllowed({ method: what, role: principal.kind === 'user' ? principal.role : principal.kind });
}

function isInScope(what: string, principal: Extract<Principal, { kind: 'user' }>): boolean {
  const scopes = principal.program?.scopes ?? null;
  return scopes === null || [what, ...(doors[what] ?? [])].some((name) => scopes.some((scope) => covers(scope, name)));
}

function covers(scope: string, name: string): boolean {
  return scope.endsWith('.*') ? name.startsWith(scope.slice(0, -1)) : scope === name;
}
