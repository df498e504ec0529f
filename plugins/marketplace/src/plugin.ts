import { arch } from 'node:os';
import { join } from 'node:path';
import { definePlugin, servicesRef } from '@hearth/contract';
import { type BuildKey, ensureBuildKey } from './build-key.ts';
import { marketplaceConfig } from './config.ts';
import { marketplaceMethods } from './methods.ts';
import { createRegistries } from './registries.ts';
import { registrySource } from './source.ts';
import { initialState, marketplaceState } from './state.ts';
import { createUpdates } from './updates.ts';

/** Where services come from: registries, their versions and updates, and building what the catalog has recipes for. */
export const marketplacePlugin = definePlugin({
  id: 'marketplace',
  version: '0.1.0',
  about: 'Finds services in registries, installs them and tells when there is something newer.',
  requires: { services: servicesRef },
  config: marketplaceConfig,
  state: { schema: marketplaceState, initial: initialState },
  setup({ services }, scope) {
    const { places, state, config, log } = scope;
    const architecture = arch() === 'arm64' ? 'aarch64' : 'x86_64';
    const registries = createRegistries(places, state, log, config.registries);
    let made: Promise<BuildKey> | null = null;
    const key = () => (made ??= ensureBuildKey(scope.folder));
    const check = createUpdates(services, registries, state);
    const stopping = new AbortController();
    const look = () => {
      check(stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) log.warn({ error: String(error) }, 'could not look for updates');
      });
    };
    services.registerSource(registrySource({ places, cache: config.cache ?? join(scope.folder, 'cache'), key }));
    return {
      methods: marketplaceMethods({ registries, services, architecture, key, check }),
      async start() {
        await key();
      },
      ready() {
        scope.onStop('looking for updates', () => stopping.abort());
        const timer = setInterval(look, config.refreshMinutes * 60_000);
        scope.onStop('timer', () => clearInterval(timer));
        for (const event of ['service.installed', 'service.removed'] as const) {
          scope.onStop(event, scope.events.on(event, look));
        }
        look();
        return Promise.resolve();
      },
    };
  },
});
