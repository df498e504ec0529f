/** A package that uses each part of the SDK once; README.md of the folder above says where. */
import * as fs from 'node:fs/promises';
import { buildManifest, IMPOSSIBLE, VersionGraph, VersionInfo } from '@start9labs/start-sdk';
import { actions } from './actions';
import { writeAll } from './files';
import { i18n } from './i18n';
import { setInterfaces } from './interfaces';
import { main } from './main';
import { manifest as sdkManifest } from './manifest';
import { note, sdk } from './sdk';
import { watchIni, watchToml, watchYaml } from './watching';

const current = VersionInfo.of({
  version: '1.2.0:0',
  releaseNotes: { en_US: 'The first', de_DE: 'Die erste' },
  migrations: { up: async () => {}, down: IMPOSSIBLE },
}).satisfies('#bench:1.2.0:0');
const versionGraph = VersionGraph.of({ current, other: [] });

const seed = sdk.setupOnInit(async (effects, kind, progress) => {
  await note(`init ${kind}`);
  if (kind !== 'install') return;
  const phase = progress.addPhase('Writing files', 10);
  phase.start();
  phase.setTotal(9);
  phase.setUnits('steps');
  await writeAll(effects);
  for (const folder of ['deep/inner', 'mapped']) {
    await fs.mkdir(sdk.volumes.store.subpath(folder), { recursive: true });
  }
  await sdk.volumes.store.writeFile('deep/inner/plan', 'of the store');
  await sdk.volumes.main.writeFile('shared/letter', 'for the apprentice');
  // Programs that are not root write here.
  await fs.mkdir(sdk.volumes.main.subpath('work'));
  await fs.chmod(sdk.volumes.main.subpath('work'), 0o777);
  phase.setDone(9);
  await progress.sync();
  phase.complete();
  await note(
    i18n('Made ${count} of ${most} on ${day}', { count: 1234.5, most: 2000, day: new Date(Date.UTC(2026, 0, 2, 12)) }),
  );
  await sdk.notification.create(effects, {
    level: 'success',
    title: 'The workshop is set up',
    message: 'Nine files were written',
    data: '# How\n\nOne of each format.',
  });
});

const mail = sdk.setupOnInit(async (effects) => {
  const smtp = await sdk.getSystemSmtp(effects).const();
  await note(`smtp ${smtp === null ? 'none' : smtp.host}`);
});

const leave = sdk.setupOnUninit(async (_effects, target) => {
  await note(`uninit ${target === null ? 'for ever' : target.toString()}`);
});

const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main', 'store'));

const init = sdk.setupInit(
  restoreInit,
  versionGraph,
  seed,
  mail,
  watchYaml,
  watchToml,
  watchIni,
  setInterfaces,
  actions,
);
const uninit = sdk.setupUninit(versionGraph, leave);
const manifest = buildManifest(versionGraph, sdkManifest);

export { actions, createBackup, init, main, manifest, uninit };
