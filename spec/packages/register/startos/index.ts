import { buildManifest, IMPOSSIBLE, VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { ask, backups, create } from './database';
import { sdk, sdkManifest } from './sdk';

const current = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: 'The first',
  migrations: { up: async () => {}, down: IMPOSSIBLE },
});
const versionGraph = VersionGraph.of({ current, other: [] });

const seed = sdk.setupOnInit(async (effects, kind) => {
  if (kind !== 'install') return;
  await create(effects, [
    'create table entries (what varchar(40))',
    "insert into entries values ('tea'), ('it''s cake')",
  ]);
  await sdk.volumes.notes.writeFile('colour', 'green');
});

const metadata = {
  name: 'Read',
  description: 'What is in it',
  warning: null,
  allowedStatuses: 'any' as const,
  group: null,
  visibility: 'enabled' as const,
};
const read = sdk.Action.withoutInput('read', metadata, async ({ effects }) => ({
  version: '1' as const,
  title: 'Entries',
  message: null,
  result: {
    type: 'single' as const,
    value: JSON.stringify(await ask(effects, 'select what from entries order by what')),
    copyable: false,
    qr: false,
    masked: false,
  },
}));

const actions = sdk.Actions.of().addAction(read);
const { createBackup, restoreInit } = sdk.setupBackups(backups);
const main = sdk.setupMain(async ({ effects }) => sdk.Daemons.of(effects));
const init = sdk.setupInit(restoreInit, versionGraph, seed, actions);
const uninit = sdk.setupUninit(versionGraph);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
