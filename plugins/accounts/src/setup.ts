/** The first set-up: once, from the local network, by whoever can see the console. */
import { type AnyMethod, defineMethod, type Server, type Slice } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import { hashPassword } from './password.ts';
import { isPrivateAddress } from './private-address.ts';
import type { Sessions } from './sessions.ts';
import { forgetCode, prepareCode, sameCode } from './setup-code.ts';
import type { AccountsSecret } from './state.ts';
import type { Throttle } from './throttle.ts';

export interface AccountParts {
  readonly server: Server;
  readonly secret: Slice<AccountsSecret>;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  /** Folder of the file with the one-time code. */
  readonly run: string;
}

/** Long enough that a guess a second would take lifetimes, short enough to be chosen; length is what counts. */
export const newPassword = z.string().min(12).max(1024);

export function setupMethods({ server, secret, sessions, throttle, run }: AccountParts): readonly AnyMethod[] {
  let setting: Promise<unknown> = Promise.resolve();

  return [
    defineMethod({
      name: 'setup.status',
      about: 'Tell whether the server is set up, and whether setting it up needs the one-time code.',
      input: z.object({}),
      output: z.object({ setUp: z.boolean(), codeRequired: z.boolean() }),
      allow: 'anyone',
      run: (_, { principal }) => ({ setUp: server.read().setUp, codeRequired: principal.kind !== 'root' }),
    }),
    defineMethod({
      name: 'setup.execute',
      about: 'Name the server and choose the password of its owner.',
      input: z.object({
        code: z.string().max(64).optional(),
        name: z.string().trim().min(1).max(64),
        password: newPassword,
      }),
      output: z.object({ token: z.string().nullable(), hostname: z.string() }),
      allow: 'anyone',
      async run({ code, name, password }, { principal, exchange }) {
        // One after the other: of two at once the second finds it done.
        const turn = setting.then(async () => {
          if (server.read().setUp) throw errors.alreadySetUp();
          if (principal.kind !== 'root') await mustSeeConsole(code, exchange?.clientAddress ?? 'unknown');
          const hash = await hashPassword(password);
          await secret.commit('setup.execute', (draft) => {
            draft.password = hash;
            draft.sessions = {};
          });
          await server.configure({ name, setUp: true });
          await forgetCode(run);
        });
        setting = turn.catch(() => undefined);
        await turn;
        const token = principal.kind === 'root' || exchange === undefined ? null : await sessions.begin(exchange);
        return { token, hostname: server.read().hostname };
      },
    }),
  ];

  async function mustSeeConsole(code: string | undefined, client: string): Promise<void> {
    if (!isPrivateAddress(client)) throw errors.privateOnly({ address: client });
    throttle.check(client);
    if (!sameCode(code ?? '', await prepareCode(run))) {
      throttle.wrong(client);
      throw errors.wrongCode();
    }
    throttle.right(client);
  }
}
