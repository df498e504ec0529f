/** First run: who has seen the console, or is root, becomes the owner. Once. */
import { type AnyMethod, defineMethod, type Server } from '@hearth/contract';
import { z } from 'zod';
import type { Accounts } from './accounts.ts';
import { errors } from './errors.ts';
import { isNearby } from './nearby.ts';
import { newPassword } from './password.ts';
import { tokenAnswer } from './session-methods.ts';
import { sameCode } from './setup-code.ts';

export interface SetupParts {
  readonly server: Server;
  readonly accounts: Accounts;
  /** The code that is asked; null once the server is set up. */
  readonly code: () => string | null;
  /** The code has done its work. */
  readonly done: () => Promise<void>;
}

export function setupMethods({ server, accounts, code, done }: SetupParts): readonly AnyMethod[] {
  const running = { busy: false };
  const mayBegin = (): boolean => !server.read().setUp && !running.busy;
  return [
    defineMethod({
      name: 'setup.status',
      about: 'Tell whether the server has been set up',
      allow: 'anyone',
      input: z.object({}),
      output: z.object({ setUp: z.boolean(), codeRequired: z.boolean() }),
      run: (_, { principal }) => {
        const { setUp } = server.read();
        return { setUp, codeRequired: !setUp && principal.kind !== 'root' };
      },
    }),
    defineMethod({
      name: 'setup.execute',
      about: 'Name the server and choose the password of its owner; once',
      allow: 'anyone',
      input: z.object({
        /** As printed on the console; root needs none. */
        code: z.string().max(64).optional(),
        name: z.string().trim().min(1).max(64),
        password: newPassword,
      }),
      output: tokenAnswer.extend({ name: z.string(), hostname: z.string(), rev: z.number() }),
      run: async (input, context) => {
        const { principal, exchange } = context;
        if (!mayBegin()) throw errors.alreadySetUp();
        if (principal.kind !== 'root') {
          const address = exchange?.clientAddress ?? '';
          if (!isNearby(address)) throw errors.privateOnly({ address });
          const wanted = code();
          const right = await accounts.throttle.attempt(address, () =>
            Promise.resolve(wanted !== null && sameCode(input.code ?? '', wanted)),
          );
          if (!right) throw errors.wrongCode();
        }
        // Another may have been first while this one waited.
        if (!mayBegin()) throw errors.alreadySetUp();
        running.busy = true;
        try {
          await accounts.makeOwner(input.password);
          const rev = await server.configure({ name: input.name, setUp: true });
          await done();
          const { name, hostname } = server.read();
          return { token: await accounts.welcome(context), name, hostname, rev };
        } finally {
          running.busy = false;
        }
      },
    }),
  ] as AnyMethod[];
}
