import { type AnyMethod, defineMethod } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { cookieName } from './sessions.ts';
import { type AccountParts, newPassword } from './setup.ts';

const password = z.string().max(1024);
const revision = z.object({ rev: z.number() });

export function accountMethods({ server, secret, sessions, throttle }: AccountParts): readonly AnyMethod[] {
  /** Throws `accounts.wrongPassword`, after as long as a right one takes and not before the client's wait is over. */
  const mustKnow = async (given: string, client: string): Promise<void> => {
    throttle.check(client);
    if (!(await verifyPassword(given, secret.read().password))) {
      throttle.wrong(client);
      throw errors.wrongPassword();
    }
    throttle.right(client);
  };

  return [
    defineMethod({
      name: 'auth.login',
      about: 'Begin a session: sets a cookie and answers the token that goes with it.',
      input: z.object({ password }),
      output: z.object({ token: z.string() }),
      allow: 'anyone',
      async run(input, { exchange }) {
        if (exchange === undefined) throw errors.noBrowserSession();
        if (!server.read().setUp) throw errors.notSetUp();
        await mustKnow(input.password, exchange.clientAddress);
        return { token: await sessions.begin(exchange) };
      },
    }),
    defineMethod({
      name: 'auth.logout',
      about: 'End the session this call comes in by.',
      input: z.object({}),
      output: z.object({}),
      allow: 'anyone',
      async run(_, { principal, exchange }) {
        exchange?.setCookie(cookieName, '', 0);
        if (principal.kind === 'user') await sessions.end([principal.session]);
        return {};
      },
    }),
    defineMethod({
      name: 'auth.whoami',
      about: 'Tell who is asking.',
      input: z.object({}),
      output: z.object({ kind: z.string(), user: z.string().nullable(), role: z.string().nullable() }),
      allow: 'anyone',
      run: (_, { principal }) =>
        principal.kind === 'user'
          ? { kind: 'user', user: principal.user, role: principal.role }
          : { kind: principal.kind, user: null, role: null },
    }),
    defineMethod({
      name: 'auth.session.list',
      about: 'List where you are logged in, the latest used first.',
      input: z.object({}),
      output: z.object({
        sessions: z.array(
          z.object({
            id: z.string(),
            userAgent: z.string(),
            clientAddress: z.string(),
            createdAt: z.number(),
            lastSeen: z.number(),
            current: z.boolean(),
          }),
        ),
      }),
      allow: 'owner',
      run: (_, { principal }) => ({
        sessions: sessions
          .list()
          .map(({ id, userAgent, clientAddress, createdAt, lastSeen }) => ({
            id,
            userAgent,
            clientAddress,
            createdAt,
            lastSeen,
            current: principal.kind === 'user' && principal.session === id,
          }))
          .toSorted((a, b) => b.lastSeen - a.lastSeen),
      }),
    }),
    defineMethod({
      name: 'auth.session.kill',
      about: 'End sessions: whoever uses them is logged out at once.',
      input: z.object({ ids: z.array(z.string().max(64)).min(1).max(1000) }),
      output: revision,
      allow: 'owner',
      run: async ({ ids }) => ({ rev: await sessions.end(ids) }),
    }),
    defineMethod({
      name: 'auth.reset-password',
      about: 'Choose another password and end all other sessions. As root on the machine the old one is not asked for.',
      input: z.object({ oldPassword: password.optional(), newPassword }),
      output: z.object({}),
      allow: 'owner',
      async run(input, { principal, exchange }) {
        if (!server.read().setUp) throw errors.notSetUp();
        if (principal.kind !== 'root') await mustKnow(input.oldPassword ?? '', exchange?.clientAddress ?? 'unknown');
        const hash = await hashPassword(input.newPassword);
        await secret.commit('auth.reset-password', (draft) => {
          draft.password = hash;
        });
        const own = principal.kind === 'user' ? principal.session : null;
        const others = sessions.list().filter(({ id }) => id !== own);
        if (others.length > 0) await sessions.end(others.map(({ id }) => id));
        return {};
      },
    }),
  ];
}
