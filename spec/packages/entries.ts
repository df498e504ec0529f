/** What `ledger` and `register` have in common: entries in a database, which is all they differ in. */
import { buildManifest, IMPOSSIBLE, setupManifest, StartSdk, VersionGraph, VersionInfo } from '@start9labs/start-sdk';

/** The SDK for a package that keeps entries in a database of that name. */
export function entriesSdk(id: string, title: string, database: string) {
  const sdkManifest = setupManifest({
    id,
    title,
    license: 'MIT',
    packageRepo: 'https://example.com/package',
    upstreamRepo: 'https://example.com/upstream',
    marketingUrl: 'https://example.com/',
    donationUrl: null,
    description: { short: 'Keeps entries', long: `Keeps its entries in ${database}, and backs them up by a dump.` },
    volumes: ['main', 'notes'],
    images: { main: { source: { dockerTag: 'databases:1' }, arch: ['x86_64'] } },
    dependencies: {},
  });
  return { sdkManifest, sdk: StartSdk.of().withManifest(sdkManifest).build(true) };
}

export interface Database {
  create(effects: any, statements: string[]): Promise<void>;
  ask(effects: any, text: string): Promise<string[]>;
  backups(): Promise<any>;
}

export function entriesPackage({ sdk, sdkManifest }: ReturnType<typeof entriesSdk>, database: Database) {
  const current = VersionInfo.of({
    version: '1.0.0:0',
    releaseNotes: 'The first',
    migrations: { up: async () => {}, down: IMPOSSIBLE },
  });
  const versionGraph = VersionGraph.of({ current, other: [] });

  const seed = sdk.setupOnInit(async (effects, kind) => {
    if (kind !== 'install') return;
    await database.create(effects, [
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
      value: JSON.stringify(await database.ask(effects, 'select what from entries order by what')),
      copyable: false,
      qr: false,
      masked: false,
    },
  }));

  const actions = sdk.Actions.of().addAction(read);
  const { createBackup, restoreInit } = sdk.setupBackups(database.backups);
  return {
    actions,
    createBackup,
    init: sdk.setupInit(restoreInit, versionGraph, seed, actions),
    main: sdk.setupMain(async ({ effects }) => sdk.Daemons.of(effects)),
    manifest: buildManifest(versionGraph, sdkManifest),
    uninit: sdk.setupUninit(versionGraph),
  };
}
