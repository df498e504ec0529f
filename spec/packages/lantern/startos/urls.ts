import { addAddress, removeAddress, renameAddress } from './actions';
import { sdk } from './sdk';
import { store } from './store';

export const register = sdk.setupOnInit(async (effects) => {
  await sdk.plugin.url.register(effects, { tableAction: addAddress });
});

/** Run again when what is wanted changes, and when a service it gave something comes or goes. */
export const exportUrls = sdk.plugin.url.setupExportedUrls(async ({ effects }) => {
  for (const { packageId, hostId, internalPort, name } of (await store.read((s) => s.given).const(effects)) ?? []) {
    const bound = await sdk.host
      .get(effects, { packageId, hostId }, (host) => host?.bindings[internalPort]?.enabled === true)
      .const();
    if (!bound) continue;
    await sdk.plugin.url.exportUrl(effects, {
      hostnameInfo: {
        ...{ packageId, hostId, internalPort, ssl: false, public: true, hostname: `${name}.lantern.example` },
        ...{ port: 80, info: { name } },
      },
      removeAction: removeAddress,
      overflowActions: [renameAddress],
    });
  }
});
