/** A package that needs another one; README.md of the folder above says what of the SDK it shows. */
import { buildManifest, IMPOSSIBLE, VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { actions } from './actions';
import { main } from './main';
import { manifest as sdkManifest } from './manifest';
import { bench, sdk } from './sdk';
import { tasks } from './tasks';
import { watchDoor, watchHealth, watchManifest } from './watching';

const current = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: 'The first',
  migrations: { up: async () => {}, down: IMPOSSIBLE },
});
const versionGraph = VersionGraph.of({ current, other: [] });

const seed = sdk.setupOnInit(async (effects, kind) => {
  if (kind === 'install') await bench.write(effects, { work: ['saw', 'plane'] });
});

/** The range is met by what the workshop says it satisfies, not by its own version. */
const setDependencies = sdk.setupDependencies(async () => ({
  workshop: { kind: 'running', versionRange: '>=#bench:1.0.0:0', healthChecks: ['web'] },
}));

const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main'));

const init = sdk.setupInit(
  restoreInit,
  versionGraph,
  seed,
  setDependencies,
  actions,
  tasks,
  watchHealth,
  watchDoor,
  watchManifest,
);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
