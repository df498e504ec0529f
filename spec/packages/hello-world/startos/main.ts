import { port, sdk } from './sdk';
import { store } from './store';

export const main = sdk.setupMain(async ({ effects }) => {
  const greeting = await store.read((s) => s.greeting).const(effects);
  const subcontainer = sdk.SubContainer.of(
    effects,
    { imageId: 'main' },
    sdk.Mounts.of().mountVolume({ volumeId: 'main', subpath: null, mountpoint: '/data', readonly: false }),
    'hello-world-sub',
  );
  return sdk.Daemons.of(effects).addDaemon('primary', {
    subcontainer,
    exec: { command: ['/bin/serve', String(port)], env: { GREETING: greeting ?? 'Hello' } },
    ready: {
      display: 'Web page',
      fn: () =>
        sdk.healthCheck.checkPortListening(effects, port, {
          successMessage: 'The page is ready',
          errorMessage: 'The page is not ready',
        }),
    },
    requires: [],
  });
});
