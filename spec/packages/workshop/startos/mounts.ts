import { sdk } from './sdk';

/** Every kind of mount of the package's own; those of dependencies are in the apprentice. */
export const everyMount = () =>
  sdk.Mounts.of()
    .mountVolume({ volumeId: 'main', subpath: null, mountpoint: '/data', readonly: false })
    .mountVolume({ volumeId: 'store', subpath: 'deep/inner', mountpoint: '/inner', readonly: false })
    .mountVolume({
      volumeId: 'main',
      subpath: 'files/settings.json',
      mountpoint: '/etc/workshop/settings.json',
      readonly: true,
      type: 'file',
    })
    .mountVolume({
      volumeId: 'main',
      subpath: 'files/settings.txt',
      mountpoint: '/etc/note',
      readonly: false,
      type: 'infer',
    })
    .mountVolume({
      volumeId: 'store',
      subpath: 'mapped',
      mountpoint: '/mapped',
      readonly: false,
      idmap: [{ fromId: 0, toId: 1000, range: 1 }],
    })
    .mountAssets({ subpath: null, mountpoint: '/assets' });

export const dataMount = () =>
  sdk.Mounts.of().mountVolume({ volumeId: 'main', subpath: null, mountpoint: '/data', readonly: false });
