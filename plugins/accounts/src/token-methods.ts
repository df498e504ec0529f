/** Tokens for programs: `Authorization: Bearer <token>`, with a role of their own and an end. */
import { type AnyMethod, defineMethod, instant, type Principal, type Role, type Slice } from '@hearth/contract';
import { z } from 'zod';
import { newHalf, newId } from './halves.ts';
import { userOf } from './session-methods.ts';
import { errors } from './errors.ts';
import { weaker } from './sessions.ts';
import { type AccountsSecret, role, scope } from './state.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function tokenMethods(secret: Slice<AccountsSecret>, ended: (id: string) => void): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'auth.token.create',
      about: 'Make a token for a program; it is shown this once',
      allow: 'owner',
      input: z.object({
        name: z.string().trim().min(1).max(100),
        role: role.default('admin'),
        scopes: z
          .array(scope)
          .min(1)
          .max(64)
          .nullable()
          .default(null)
          .describe(
            'what it may call, within its role: package.start, or package.* for all beneath; everything unless told',
          ),
        /** Null: until it is ended by hand. */
        days: z.number().positive().max(3650).nullable().default(90).describe('how long it lasts; 90 unless told'),
      }),
      output: z.object({ id: z.string(), token: z.string(), rev: z.number() }),
      run: async ({ name, role: granted, scopes, days }, { principal }) => {
        mustNotExceed(principal, granted, scopes);
        const id = newId();
        const half = newHalf(id);
        const createdAt = Date.now();
        const rev = await secret.commit('auth.token.create', (draft) => {
          draft.tokens[id] = {
            user: userOf(principal),
            name,
            role: granted,
            scopes: scopes === null ? null : [...new Set(scopes)].sort(),
            secret: half.hash,
            createdAt,
            expiresAt: days === null ? null : createdAt + Math.round(days * dayMs),
          };
        });
        return { id, token: half.text, rev };
      },
    }),
    defineMethod({
      name: 'auth.token.list',
      about: 'List the tokens of programs',
      allow: 'owner',
      input: z.object({}),
      output: z.object({
        tokens: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            role,
            scopes: z.array(z.string()).nullable(),
            createdAt: instant,
            expiresAt: instant.nullable(),
          }),
        ),
      }),
      run: () => ({ tokens: Object.entries(secret.read().tokens).map(([id, row]) => ({ id, ...row })) }),
    }),
    defineMethod({
      name: 'auth.token.kill',
      about: 'End tokens of programs',
      allow: 'owner',
      input: z.object({ ids: z.array(z.string().max(64)).min(1).max(100) }),
      output: z.object({ rev: z.number() }),
      run: async ({ ids }) => {
        const rev = await secret.commit('auth.token.kill', (draft) => {
          for (const id of ids) if (Object.hasOwn(draft.tokens, id)) delete draft.tokens[id];
        });
        for (const id of ids) ended(id);
        return { rev };
      },
    }),
  ] as AnyMethod[];
}

/** A token makes no token that may more than itself. Throws `accounts.tooMuch`. */
function mustNotExceed(maker: Principal, granted: Role, scopes: readonly string[] | null): void {
  if (maker.kind !== 'user' || maker.program === undefined) return;
  const own = maker.program.scopes;
  const within = own === null || (scopes !== null && scopes.every((wanted) => own.some((mine) => holds(mine, wanted))));
  if (!within || weaker(granted, maker.role) !== granted) throw errors.tooMuch();
}

/** Whether all that `wanted` covers `mine` covers too. */
function holds(mine: string, wanted: string): boolean {
  return mine.endsWith('.*') ? wanted.startsWith(mine.slice(0, -1)) : mine === wanted;
}
