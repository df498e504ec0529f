import { definePlugin, engineRef, networkRef, serverRef, servicesRef } from '@hearth/contract';
import { networkConfig } from './config.ts';
import { networkMethods } from './methods.ts';
import { createNetwork } from './network.ts';
import { initialSecret, initialState, networkSecret, networkState } from './state.ts';

/** Names, certificates, the reverse proxy and the firewall between services. */
export const networkPlugin = definePlugin({
  id: 'network',
  version: '0.1.0',
  about: 'Gives every service a name, a certificate and a way in, and keeps services apart.',
  requires: { engine: engineRef, services: servicesRef, server: serverRef },
  provides: networkRef,
  config: networkConfig,
  state: { schema: networkState, initial: initialState },
  secret: { schema: networkSecret, initial: initialSecret },
  essential: true,
  deadlines: { startMs: 30_000 },
  setup(needs, scope) {
    const running = createNetwork(needs, scope);
    return {
      service: running.service,
      methods: networkMethods(scope.state),
      routes: [running.rootCertificate],
      start: () => running.start(),
      ready: () => Promise.resolve(running.ready()),
      stop: () => running.stop(),
    };
  },
});
