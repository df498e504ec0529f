import {
  buildManifest,
  IMPOSSIBLE,
  setupManifest,
  StartSdk,
  VersionGraph,
  VersionInfo,
  type T,
} from '@start9labs/start-sdk';

const manifest = setupManifest({
  id: 'orderly',
  title: 'Orderly',
  license: 'MIT',
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
  marketingUrl: 'https://example.com/',
  donationUrl: null,
  description: { short: 'Ends well', long: 'Daemons that end in every way there is.' },
  volumes: ['main'],
  images: { main: { source: { dockerTag: 'orderly:1' }, arch: ['x86_64'] } },
  dependencies: {},
});
const sdk = StartSdk.of().withManifest(manifest).build(true);
const current = VersionInfo.of({
  version: '1.0.0:0',
  releaseNotes: 'The first',
  migrations: { up: async () => {}, down: IMPOSSIBLE },
});
const versionGraph = VersionGraph.of({ current, other: [] });

/** Writes what happens to it into the volume, where the test reads it. */
const told = (name: string, atTerm: string, before = '') => [
  'sh',
  '-c',
  `say() { echo "${name} $1" >> /data/order; }; ${before} trap '${atTerm}' TERM; say up; while :; do sleep 0.05; done`,
];

/** Each in a subcontainer of its own, and each a way to end. */
const daemons = {
  database: { command: told('database', 'say term; sleep 0.4; say down; exit 0'), requires: [] },
  web: { command: told('web', 'say term; sleep 0.2; say down; exit 0'), requires: ['database'] },
  front: { command: told('front', 'say term; sleep 0.2; say down; exit 0'), requires: ['web'] },
  // Its group is told to end: nobody but itself may hear of it.
  group: { command: told('group', 'say term; trap "" TERM; kill -TERM 0; say down; exit 0'), requires: ['front'] },
  // Leaves children that heed nothing and have no parent any more.
  family: {
    command: told(
      'family',
      'say term; say down; exit 0',
      `(trap '' TERM HUP; while :; do sleep 0.1; done) & setsid sh -c 'trap "" TERM HUP; while :; do sleep 0.1; done' &`,
    ),
    requires: ['front'],
  },
  stubborn: { command: told('stubborn', 'say term'), requires: ['front'], sigtermTimeout: 1500 },
  dying: { command: told('dying', 'say term; kill -KILL $$'), requires: ['front'] },
  failing: { command: told('failing', 'say term; say down; exit 9'), requires: ['front'] },
};

const main = sdk.setupMain(async ({ effects }: { effects: T.Effects }) => {
  let chain: any = sdk.Daemons.of(effects);
  for (const [name, { command, requires, ...more }] of Object.entries(daemons)) {
    const mounts = sdk.Mounts.of().mountVolume({
      volumeId: 'main',
      subpath: null,
      mountpoint: '/data',
      readonly: false,
    });
    chain = chain.addDaemon(name, {
      subcontainer: sdk.SubContainer.of(effects, { imageId: 'main' }, mounts, name),
      exec: { command, ...more },
      ready: { display: name, fn: async () => ({ result: 'success', message: 'up' }) },
      requires,
    });
  }
  return chain;
});

const { createBackup, restoreInit } = sdk.setupBackups(async () => sdk.Backups.ofVolumes('main'));
const init = sdk.setupInit(restoreInit, versionGraph);
const uninit = sdk.setupUninit(versionGraph);
const actions = sdk.Actions.of();
const built = buildManifest(versionGraph, manifest);

export { actions, createBackup, init, main, built as manifest, uninit };
