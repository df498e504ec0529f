/** As many daemons as there is work; a change leaves alone what it does not touch. */
import { bench, sdk } from './sdk';

const mounts = () =>
  sdk.Mounts.of()
    .mountVolume({ volumeId: 'main', subpath: null, mountpoint: '/data', readonly: false })
    .mountDependency({
      dependencyId: 'workshop',
      volumeId: 'main',
      subpath: 'shared',
      mountpoint: '/shared',
      readonly: true,
    });

export const main = sdk.setupMain(async ({ effects }) =>
  sdk.Daemons.dynamic(effects, async ({ effects }) => {
    const work = (await bench.read((b) => b.work).const(effects)) ?? [];
    return work.reduce(
      (daemons: any, name) =>
        daemons.addDaemon(name, {
          subcontainer: sdk.SubContainer.of(effects, { imageId: 'main' }, mounts(), name),
          exec: {
            command: [
              'sh',
              '-c',
              `cat /shared/letter > /data/${name}; : <> /dev/net/tun && ls /dev/net > /data/devices; echo no > /shared/letter; exec sleep 100${name.length}`,
            ],
          },
          ready: {
            display: name,
            fn: () => ({ result: 'success' as const, message: null }),
            trigger: sdk.trigger.cooldownTrigger(500),
          },
          requires: [],
        }),
      sdk.Daemons.of(effects),
    );
  }),
);
