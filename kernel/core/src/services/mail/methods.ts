/** server.*-smtp: the mail server that packages may use, as the owner sets it. */
import { type AnyMethod, defineMethod, smtpValue } from '@hearth/contract';
import { z } from 'zod';
import { mailErrors } from './errors.ts';
import type { Mail } from './mail.ts';
import { send } from './send.ts';

const revision = z.object({ rev: z.number() });

export function mailMethods(mail: Mail): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'server.set-smtp',
      about: 'Set the mail server that services may send by; a password that is left out stays as it is.',
      input: smtpValue.extend({
        username: smtpValue.shape.username.default(''),
        password: smtpValue.shape.password.optional(),
        security: smtpValue.shape.security.default('starttls'),
      }),
      output: revision,
      allow: 'owner',
      run: async (given) => ({ rev: await mail.set(given) }),
    }),
    defineMethod({
      name: 'server.clear-smtp',
      about: 'Forget the mail server.',
      input: z.object({}),
      output: revision,
      allow: 'owner',
      run: async () => ({ rev: await mail.clear() }),
    }),
    defineMethod({
      name: 'server.test-smtp',
      about: 'Send a test message by the mail server that is set.',
      input: z.object({ to: z.email().max(320) }),
      output: z.object({}),
      allow: 'owner',
      deadlineMs: 90_000,
      async run({ to }, { signal }) {
        const server = mail.read();
        if (server === null) throw mailErrors.notSet();
        const text = 'Whoever reads this knows that the mail server set in Hearth does its work.\n';
        await send(server, { to, subject: 'A test message of Hearth', text }, { signal });
        return {};
      },
    }),
  ];
}
