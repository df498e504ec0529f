/** Methods of whoever is logged in, or wants to be. */
import { type AnyMethod, defineMethod, instant, type Principal } from '@hearth/contract';
import { z } from 'zod';
import type { Accounts } from './accounts.ts';
import { errors } from './errors.ts';
import { anyPassword, newPassword } from './password.ts';
import { cookieName } from './sessions.ts';
import { ownerId, role } from './state.ts';

const rev = z.object({ rev: z.number() });
/** Null for root, who needs no session. */
export const tokenAnswer = z.object({ token: z.string().nullable() });

export function sessionMethods(accounts: Accounts): readonly AnyMethod[] {
  const { sessions } = accounts;
  return [
    defineMethod({
      name: 'auth.login',
      about: 'Log in with the password; sets the cookie and answers the token, the two halves of the session',
      allow: 'anyone',
      input: z.object({ password: anyPassword }),
      output: tokenAnswer,
      run: async ({ password }, context) => {
        await accounts.prove(password, context);
        return { token: await accounts.welcome(context) };
      },
    }),
    defineMethod({
      name: 'auth.logout',
      about: 'End the session this call belongs to',
      allow: 'viewer',
      input: z.object({}),
      output: rev,
      run: async (_, { principal, exchange }) => {
        if (principal.kind !== 'user' || principal.program !== undefined) throw errors.noSession();
        exchange?.setCookie(cookieName, '', 0);
        return { rev: await sessions.end('auth.logout', principal.user, (id) => id === principal.session) };
      },
    }),
    defineMethod({
      name: 'auth.whoami',
      about: 'Tell who is calling',
      allow: 'anyone',
      input: z.object({}),
      output: z.object({
        kind: z.enum(['anonymous', 'user', 'root', 'package', 'plugin']),
        user: z.string().nullable(),
        role: role.nullable(),
        session: z.string().nullable(),
      }),
      run: (_, { principal }) =>
        principal.kind === 'user' ? principal : { kind: principal.kind, user: null, role: null, session: null },
    }),
    defineMethod({
      name: 'auth.session.list',
      about: 'List your sessions, the latest used first',
      allow: 'viewer',
      input: z.object({}),
      output: z.object({
        sessions: z.array(
          z.object({
            id: z.string(),
            userAgent: z.string(),
            clientAddress: z.string(),
            createdAt: instant,
            lastSeen: instant,
            /** The one this call belongs to. */
            current: z.boolean(),
          }),
        ),
      }),
      run: (_, { principal }) => ({
        sessions: sessions.list(personOf(principal)).map((row) => ({
          ...row,
          current: principal.kind === 'user' && principal.session === row.id,
        })),
      }),
    }),
    defineMethod({
      name: 'auth.session.kill',
      about: 'End sessions of yours',
      allow: 'viewer',
      input: z.object({ ids: z.array(z.string().max(64)).min(1).max(100) }),
      output: rev,
      run: async ({ ids }, { principal }) => ({
        rev: await sessions.end('auth.session.kill', personOf(principal), (id) => ids.includes(id)),
      }),
    }),
    defineMethod({
      name: 'auth.reset-password',
      about: 'Change your password; every other session ends. Root needs no old one',
      allow: 'viewer',
      input: z.object({ oldPassword: anyPassword.optional(), newPassword }),
      output: rev,
      run: async ({ oldPassword, newPassword: password }, context) => {
        const { principal } = context;
        const user = personOf(principal);
        if (principal.kind !== 'root') {
          if (oldPassword === undefined) throw errors.oldPasswordNeeded();
          await accounts.prove(oldPassword, context);
        }
        return { rev: await accounts.changePassword(user, password, principal) };
      },
    }),
  ] as AnyMethod[];
}

/** Root acts for the owner. */
export function userOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.user : ownerId;
}

/** Sessions and password are a person's own: a token of whatever role has no say in them. Throws `accounts.personOnly`. */
function personOf(principal: Principal): string {
  if (principal.kind === 'user' && principal.program !== undefined) throw errors.personOnly();
  return userOf(principal);
}
