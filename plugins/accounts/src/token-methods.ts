/** Tokens for programs: `Authorization: Bearer <token>`, with a role of their own and an end. */
import { type AnyMethod, defineMethod, instant, type Slice } from '@hearth/contract';
import { z } from 'zod';
import { newHalf, newId } from './halves.ts';
import { userOf } from './session-methods.ts';
import { type AccountsSecret, role } from './state.ts';

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
        /** Null: until it is ended by hand. */
        days: z.number().positive().max(3650).nullable().default(90),
      }),
      output: z.object({ id: z.string(), token: z.string(), rev: z.number() }),
      run: async ({ name, role: granted, days }, { principal }) => {
        const id = newId();
        const half = newHalf(id);
        const createdAt = Date.now();
        const rev = await secret.commit('auth.token.create', (draft) => {
          draft.tokens[id] = {
            user: userOf(principal),
            name,
            role: granted,
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
          z.object({ id: z.string(), name: z.string(), role, createdAt: instant, expiresAt: instant.nullable() }),
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
