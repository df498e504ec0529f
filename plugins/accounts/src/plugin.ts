import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { authenticatorRef, definePlugin, serverRef } from '@hearth/contract';
import { Accounts } from './accounts.ts';
import { accountsConfig } from './config.ts';
import { sessionMethods } from './session-methods.ts';
import { Sessions } from './sessions.ts';
import { prepareSetupCode } from './setup-code.ts';
import { setupMethods } from './setup-methods.ts';
import { accountsSecret, initialSecret } from './state.ts';
import { Throttle } from './throttle.ts';
import { tokenMethods } from './token-methods.ts';

/** Who the owner is: first set-up, log-in, sessions, tokens of programs. */
export const accountsPlugin = definePlugin({
  id: 'accounts',
  version: '0.1.0',
  about: 'Knows the owner: first set-up, password, sessions.',
  requires: { server: serverRef },
  provides: authenticatorRef,
  config: accountsConfig,
  secret: { schema: accountsSecret, initial: initialSecret },
  essential: true,
  setup({ server }, scope) {
    const codeFile = join(scope.places.run, 'kernel/setup-code');
    let code: string | null = null;
    const sessions = new Sessions(scope.secret, scope.config);
    const throttle = new Throttle({
      wrongDelayMs: scope.config.wrongDelayMs,
      isKnown: (client) => sessions.isKnown(client),
    });
    const accounts = new Accounts(scope.secret, server, sessions, throttle);
    const forgetCode = async (): Promise<void> => {
      code = null;
      await rm(codeFile, { force: true });
    };
    return {
      service: sessions,
      methods: [
        ...setupMethods({ server, accounts, code: () => code, done: forgetCode }),
        ...sessionMethods(accounts),
        ...tokenMethods(scope.secret, (id) => sessions.tell(id)),
      ],
      async start() {
        if (server.read().setUp) return forgetCode();
        code = await prepareSetupCode(codeFile);
      },
    };
  },
});
