import { authenticatorRef, definePlugin, type Principal, serverRef } from '@hearth/contract';
import { accountsConfig } from './config.ts';
import { accountMethods } from './methods.ts';
import { cookieName, Sessions } from './sessions.ts';
import { forgetCode, prepareCode } from './setup-code.ts';
import { setupMethods } from './setup.ts';
import { accountsSecret, initialSecret } from './state.ts';
import { Throttle } from './throttle.ts';

/** Who may come in: the first set-up, the password, the sessions. Without it nobody can, so the boot needs it. */
export const accountsPlugin = definePlugin({
  id: 'accounts',
  version: '0.1.0',
  about: 'Knows who you are: the first set-up, your password, and where you are logged in.',
  requires: { server: serverRef },
  provides: authenticatorRef,
  config: accountsConfig,
  secret: { schema: accountsSecret, initial: initialSecret },
  essential: true,
  setup({ server }, scope) {
    const now = () => Date.now();
    const sessions = new Sessions(scope.secret, scope.config, now);
    const throttle = new Throttle({ ...scope.config, now });
    const anonymous: Principal = { kind: 'anonymous' };
    const parts = { server, secret: scope.secret, sessions, throttle, run: scope.places.run };
    return {
      service: {
        authenticate(exchange) {
          const found = sessions.find({
            cookie: exchange.cookie(cookieName),
            token: exchange.token,
            origin: exchange.origin,
          });
          return Promise.resolve(
            found === null ? anonymous : { kind: 'user', user: 'owner', role: 'owner', session: found.session.id },
          );
        },
        onSessionEnd: (listener) => sessions.onEnd(listener),
      },
      methods: [...setupMethods(parts), ...accountMethods(parts)],
      async start() {
        if (server.read().setUp) await forgetCode(scope.places.run);
        else await prepareCode(scope.places.run);
      },
    };
  },
});
