/** Tokens of programs, as the demonstration has them. */
import type { Methods, TokenRow } from '../../link/methods.ts';

type Tokens = 'auth.token.create' | 'auth.token.list' | 'auth.token.kill';
const day = 86_400_000;

const tokens: TokenRow[] = [
  {
    ...{ id: 'phone', name: 'Widget on the phone', role: 'viewer', scopes: ['package.list', 'job.*'] },
    ...{ createdAt: Date.now() - 9 * day, expiresAt: Date.now() + 81 * day },
  },
  {
    ...{ id: 'laptop', name: 'hearth on laptop', role: 'owner', scopes: null },
    ...{ createdAt: Date.now() - 30 * day, expiresAt: null },
  },
];

export const tokenHandlers: { readonly [M in Tokens]: (input: Methods[M]['input']) => Methods[M]['output'] } = {
  'auth.token.create': ({ name, role, scopes, days }) => {
    const expiresAt = days === null ? null : Date.now() + days * day;
    tokens.push({ id: `made-${tokens.length}`, name, role, scopes, createdAt: Date.now(), expiresAt });
    return { token: 'hth_demonstration_only' };
  },
  'auth.token.list': () => ({ tokens }),
  'auth.token.kill': () => ({ rev: 0 }),
};
