/** Effects of packages that give addresses to the services of others: `plugin.url.*`. */
import { urlPlugin } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import { exportAddress, type Given, keepAddresses } from '../given-addresses.ts';
import type { EffectCall, Handlers } from './call.ts';

type Names = 'plugin.url.register' | 'plugin.url.export-url' | 'plugin.url.clear-urls';

/** From one package to one binding. */
const most = 64;

export function urlPluginEffects(context: Context): Handlers<Names> {
  const { rows, callbacks, events } = context;

  /** Told to the owner before it was installed; whoever did not say it may not do it. */
  const refuseUndeclared = ({ service }: EffectCall): void => {
    if (!rows.get(service).manifest.plugins.includes(urlPlugin))
      throw effectErrors.refused({ reason: `the manifest of "${service}" does not list plugin "${urlPlugin}"` });
  };

  return {
    'plugin.url.register': async ({ tableAction }, call) => {
      refuseUndeclared(call);
      if (rows.get(call.service).plugin?.url?.tableAction === tableAction) return;
      await rows.change(call.service, 'plugin.url.register', (row) => {
        row.plugin = { url: { tableAction } };
      });
    },
    'plugin.url.export-url': async ({ hostnameInfo: info, removeAction, overflowActions }, call) => {
      refuseUndeclared(call);
      const { packageId: target, hostId, internalPort } = info;
      const binding = target === null ? undefined : rows.read(target)?.hosts[hostId]?.bindings[String(internalPort)];
      if (target === null || binding === undefined)
        throw effectErrors.notFound({ what: `binding ${target ?? 'of the server'} ${hostId}:${internalPort}` });
      const given: Given = {
        info,
        metadata: {
          kind: 'plugin',
          packageId: call.service,
          removeAction: removeAction ?? null,
          overflowActions,
          info: info.info ?? null,
        },
      };
      const after = exportAddress(binding.addresses.available, given);
      if (after === null) return;
      if (after.filter(({ metadata }) => metadata['packageId'] === call.service).length > most)
        throw effectErrors.refused({ reason: `one package gives a binding at most ${most} addresses` });
      await rows.change(target, 'plugin.url.export-url', (row) => {
        const now = row.hosts[hostId]?.bindings[String(internalPort)];
        if (now === undefined) return;
        now.addresses.available = exportAddress(now.addresses.available, given) ?? now.addresses.available;
      });
      events.emit('service.network', { service: target });
      callbacks.changed();
    },
    'plugin.url.clear-urls': async ({ except }, call) => {
      refuseUndeclared(call);
      await keepAddresses(context, call.service, except, 'plugin.url.clear-urls');
    },
  };
}
