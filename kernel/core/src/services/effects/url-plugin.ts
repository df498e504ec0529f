/** Effects of packages that give addresses to the services of others: `plugin.url.*`. */
import { urlPlugin } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import { giveAddress, type Given, keepAddresses } from '../given-addresses.ts';
import type { EffectCall, Handlers } from './call.ts';

type Names = 'plugin.url.register' | 'plugin.url.export-url' | 'plugin.url.clear-urls';

export function urlPluginEffects(context: Context): Handlers<Names> {
  const { rows } = context;

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
      if (await giveAddress(context, given, 'plugin.url.export-url')) return;
      const { packageId, hostId, internalPort } = info;
      throw effectErrors.notFound({ what: `binding ${packageId ?? 'of the server'} ${hostId}:${internalPort}` });
    },
    'plugin.url.clear-urls': async ({ except }, call) => {
      refuseUndeclared(call);
      await keepAddresses(context, { id: call.service, confined: false }, except, 'plugin.url.clear-urls');
    },
  };
}
