/** The second version of hello-world: what differs is the version graph, which migrates the store up and down. */
import { buildManifest } from '@start9labs/start-sdk';
import { actions } from '../../hello-world/startos/actions';
import { setInterfaces } from '../../hello-world/startos/interfaces';
import { main } from '../../hello-world/startos/main';
import { manifest as sdkManifest } from '../../hello-world/startos/manifest';
import { sdk } from '../../hello-world/startos/sdk';
import { versionGraph } from './versions';

const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main'));

const init = sdk.setupInit(restoreInit, versionGraph, setInterfaces, actions);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
