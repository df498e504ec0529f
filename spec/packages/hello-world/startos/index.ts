import { buildManifest } from '@start9labs/start-sdk';
import { actions } from './actions';
import { setInterfaces } from './interfaces';
import { main } from './main';
import { manifest as sdkManifest } from './manifest';
import { sdk } from './sdk';
import { store } from './store';
import { versionGraph } from './versions';

const seed = sdk.setupOnInit(async (effects, kind) => {
  if (kind === 'install') await store.write(effects, { greeting: 'Hello', count: 0 });
});

const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main'));

const init = sdk.setupInit(restoreInit, versionGraph, seed, setInterfaces, actions);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
