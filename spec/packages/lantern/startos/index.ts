import { buildManifest, VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { actions } from './actions';
import { sdk, sdkManifest } from './sdk';
import { store } from './store';
import { exportUrls, register } from './urls';

const first = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: 'First',
  migrations: { up: async () => {}, down: async () => {} },
});
const versionGraph = VersionGraph.of({ current: first, other: [] });

const seed = sdk.setupOnInit(async (effects, kind) => {
  if (kind === 'install') await store.write(effects, { given: [] });
});
const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main'));

const main = sdk.setupMain(async ({ effects }) =>
  sdk.Daemons.of(effects).addDaemon('light', {
    subcontainer: sdk.SubContainer.of(effects, { imageId: 'main' }, null, 'light'),
    exec: { command: ['/bin/sleep', '100000'] },
    ready: { display: 'Light', fn: async () => ({ result: 'success', message: 'It burns' }) },
    requires: [],
  }),
);

const init = sdk.setupInit(restoreInit, versionGraph, seed, actions, register, exportUrls);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
