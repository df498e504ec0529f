import * as fs from 'node:fs/promises';
import { buildManifest, IMPOSSIBLE, VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { createBackup, restoreInit } from './backups';
import { manifest as sdkManifest } from './manifest';
import { sdk } from './sdk';

const current = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: 'The first',
  migrations: { up: async () => {}, down: IMPOSSIBLE },
});
const versionGraph = VersionGraph.of({ current, other: [] });

const seed = sdk.setupOnInit(async (_effects, kind) => {
  if (kind !== 'install') return;
  await fs.mkdir('/media/startos/volumes/main/cache', { recursive: true });
  await fs.writeFile('/media/startos/volumes/main/cache/page', 'made anew any time');
  await fs.writeFile('/media/startos/volumes/main/letter', 'kept');
  await fs.writeFile('/media/startos/volumes/main/half.tmp', 'in the making');
  await fs.writeFile('/media/startos/volumes/records/book', 'ten entries');
  await fs.mkdir('/media/startos/volumes/letters/sent', { recursive: true });
  await fs.writeFile('/media/startos/volumes/letters/sent/first', 'sent');
  await fs.writeFile('/media/startos/volumes/letters/sent/draft-second', 'not yet');
  await fs.writeFile('/media/startos/volumes/letters/unsent', 'never');
});

const actions = sdk.Actions.of();
const main = sdk.setupMain(async ({ effects }) => sdk.Daemons.of(effects));
const init = sdk.setupInit(restoreInit, versionGraph, seed, actions);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
