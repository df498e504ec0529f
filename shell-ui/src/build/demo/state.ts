/** A made-up household: what the demonstration server shows. Typed by the contract, so that it cannot drift from it. */
import type { JobRow, ServiceRow } from '@hearth/contract';
import type { UiState } from '../../state/slices.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type Scene = 'fresh' | 'empty' | 'full';

export function makeState(scene: Scene, now: number): UiState {
  const setUp = scene !== 'fresh';
  return {
    server: {
      id: 'demo',
      name: setUp ? 'Family Server' : '',
      hostname: setUp ? 'family-server' : 'hearth',
      setUp,
      version: '0.1.0',
      startedAt: now - 6 * day,
    },
    boot: boot(),
    services: scene === 'full' ? services(now) : {},
    jobs: scene === 'full' ? jobs(now) : {},
    serviceHealth: scene === 'full' ? health(now) : {},
    jobProgress: scene === 'full' ? progress() : {},
    network: network(scene),
    backup: scene === 'full' ? backup(now) : { targets: {} },
    notifications: { items: scene === 'full' ? notifications(now) : {} },
    health: {
      checks: {
        disk: { name: 'Disk space', result: 'success', message: '61 % free of 512 GB', since: now - 6 * day },
        memory: { name: 'Memory', result: 'success', message: '9.8 GB of 16 GB available', since: now - 6 * day },
        load: { name: 'Processor', result: 'loading', message: 'Busy: building Nextcloud', since: now - 4 * minute },
      },
    },
  };
}

function boot(): NonNullable<UiState['boot']> {
  const ok = (plugin: string, about: string, took: number) =>
    ({ plugin, about, phase: 'running', outcome: 'ok', took, error: null }) as const;
  return {
    mode: 'running',
    plugins: [
      ok('network', 'Names, certificates and addresses of services.', 212),
      ok('accounts', 'Who may come in.', 18),
      ok('marketplace', 'Finds and fetches packages.', 64),
      ok('backup', 'Keeps copies of services, encrypted.', 31),
      ok('health', 'Watches over the machine.', 9),
      {
        plugin: 'notifications',
        about: 'Tells the owner what happened.',
        phase: 'start',
        outcome: 'failed',
        took: 10_000,
        error: { code: 'plugin.deadline', message: 'Cannot start plugin "notifications": it took longer than 10 s' },
      },
    ],
  };
}

interface Sketch {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly short: string;
  readonly long: string;
  readonly index: number;
  readonly status: ServiceRow['status'];
  readonly job?: string;
  readonly error?: ServiceRow['error'];
  readonly interfaces?: ServiceRow['hosts'];
  readonly actions?: ServiceRow['actions'];
  readonly tasks?: ServiceRow['tasks'];
  readonly dependencies?: ServiceRow['dependencies'];
  readonly lastBackup?: number;
}

export function makeRow(sketch: Sketch, now: number): ServiceRow {
  return {
    id: sketch.id,
    index: sketch.index,
    manifest: {
      id: sketch.id,
      version: sketch.version,
      canMigrateTo: '*',
      canMigrateFrom: '*',
      title: sketch.title,
      description: { short: sketch.short, long: sketch.long },
      releaseNotes: { en_US: 'Follows the upstream release.\nStarts faster, and tells its health more precisely.' },
      gitHash: null,
      license: 'MPL-2.0',
      packageRepo: 'https://example.com/package',
      upstreamRepo: 'https://example.com/upstream',
      marketingUrl: 'https://example.com/',
      donationUrl: null,
      osVersion: null,
      sdkVersion: null,
      hardwareAcceleration: false,
      userspaceFilesystems: false,
      virtualNetworking: false,
      plugins: [],
      satisfies: [],
      images: {},
      volumes: ['main'],
      dependencies: {},
      hardwareRequirements: { device: [], ram: null, arch: null },
    },
    package: {
      rootSighash: 'a1b2c3d4e5f60718'.repeat(4),
      rootMaxsize: 48_000_000,
      signer: '7f3a91c2d4e8b605'.repeat(4),
      registry: 'file:registry',
      size: 47_812_344,
      installedAt: now - 20 * day,
    },
    status: sketch.status,
    error: sketch.error ?? null,
    job: sketch.job ?? null,
    hosts: sketch.interfaces ?? {},
    actions: sketch.actions ?? {},
    tasks: sketch.tasks ?? {},
    dependencies: sketch.dependencies ?? {},
    lastBackup: sketch.lastBackup ?? null,
  };
}

type Face = { id: string; name: string; description: string; type: 'ui' | 'api' | 'p2p'; masked?: boolean };

function hosts(faces: readonly Face[]): ServiceRow['hosts'] {
  return Object.fromEntries(
    faces.map(({ id, name, description, type, masked = false }, at) => [
      id,
      {
        bindings: {
          [String(8000 + at)]: {
            enabled: true,
            options: { preferredExternalPort: 443, addSsl: null, secure: null },
            net: { assignedPort: null, assignedSslPort: 443 },
            addresses: { enabled: [], disabled: [], guaAccess: {}, available: [] },
            interfaces: {
              [id]: {
                id,
                name,
                description,
                masked,
                type,
                addressInfo: {
                  username: null,
                  hostId: id,
                  internalPort: 8000 + at,
                  scheme: 'http',
                  sslScheme: 'https',
                  suffix: '',
                },
              },
            },
          },
        },
        bindingRanges: {},
        publicDomains: {},
        privateDomains: {},
        portForwards: [],
      },
    ]),
  );
}

function running(now: number, since: number): ServiceRow['status'] {
  return {
    desired: 'running',
    actual: 'running',
    reason: 'Started by you',
    since: now - since,
    deadline: null,
    startedAt: now - since,
    crashes: 0,
  };
}

function services(now: number): Record<string, ServiceRow> {
  const rows = [syncthing(now), vault(now), synapse(now), jellyfin(now), nextcloud(now), wiki(now)];
  return Object.fromEntries(rows.map((row) => [row.id, row]));
}

function syncthing(now: number): ServiceRow {
  return makeRow(
    {
      id: 'syncthing',
      title: 'Syncthing',
      version: '1.29.5:0',
      short: 'Keeps folders the same on all your devices.',
      long: 'Syncthing replaces cloud drives with something of your own: folders that stay the same on your laptop, your phone and this server, without anybody in between.',
      index: 2,
      status: running(now, 2 * day + 4 * hour),
      interfaces: hosts([
        { id: 'ui', name: 'Web interface', description: 'Set up folders and devices.', type: 'ui' },
        {
          id: 'api',
          name: 'API',
          description: 'For programs, with the key in the address.',
          type: 'api',
          masked: true,
        },
        { id: 'peer', name: 'Synchronisation', description: 'Other devices connect here.', type: 'p2p' },
      ]),
      actions: {
        'show-credentials': {
          name: 'Show the login',
          description: 'The name and password of the web interface.',
          warning: null,
          visibility: 'enabled',
          allowedStatuses: 'any',
          hasInput: false,
          group: null,
        },
        configure: {
          name: 'Configure',
          description: 'Name, folders, and how much of the line it may use.',
          warning: 'Syncthing restarts to take this up.',
          visibility: 'enabled',
          allowedStatuses: 'any',
          hasInput: true,
          group: null,
        },
        'reset-database': {
          name: 'Reset the index',
          description: 'Looks at every file anew. Nothing is deleted.',
          warning: 'This can take hours.',
          visibility: 'enabled',
          allowedStatuses: 'only-stopped',
          hasInput: false,
          group: 'Repair',
        },
      },
      tasks: {
        welcome: {
          active: true,
          task: {
            packageId: 'syncthing',
            actionId: 'show-credentials',
            severity: 'important',
            reason: 'Note the login of the web interface.',
            when: null,
            input: null,
          },
        },
      },
      lastBackup: now - 9 * hour,
    },
    now,
  );
}

function vault(now: number): ServiceRow {
  return makeRow(
    {
      id: 'vaultwarden',
      title: 'Vaultwarden',
      version: '1.34.1:2',
      short: 'Passwords of the family.',
      long: 'A password keeper for everybody at home.',
      index: 3,
      status: running(now, 5 * day),
      interfaces: hosts([{ id: 'ui', name: 'Vault', description: 'Log in to your vault.', type: 'ui' }]),
      lastBackup: now - 9 * hour,
    },
    now,
  );
}

function synapse(now: number): ServiceRow {
  return makeRow(
    {
      id: 'synapse',
      title: 'Synapse',
      version: '1.130.0:0',
      short: 'Chat, federated.',
      long: 'A Matrix home server.',
      index: 4,
      status: {
        desired: 'running',
        actual: 'stopped',
        reason: 'It needs you before it can start',
        since: now - 3 * hour,
        deadline: null,
        startedAt: null,
        crashes: 0,
      },
      tasks: {
        name: {
          active: true,
          task: {
            packageId: 'synapse',
            actionId: 'set-name',
            severity: 'critical',
            reason: 'Choose the name of your chat server; it can never be changed again.',
            when: null,
            input: null,
          },
        },
      },
      actions: {
        'set-name': {
          name: 'Choose the server name',
          description: 'The part after the colon of every address.',
          warning: 'This cannot be changed later.',
          visibility: 'enabled',
          allowedStatuses: 'any',
          hasInput: true,
          group: null,
        },
      },
      dependencies: { postgres: { kind: 'running', id: 'postgres', healthChecks: [], versionRange: '*' } },
    },
    now,
  );
}

function jellyfin(now: number): ServiceRow {
  return makeRow(
    {
      id: 'jellyfin',
      title: 'Jellyfin',
      version: '10.10.7:1',
      short: 'Films and music, in every room.',
      long: 'Your films and music, on every screen.',
      index: 5,
      status: {
        desired: 'running',
        actual: 'failed',
        reason: 'Ended 5 times within 10 minutes',
        since: now - 12 * minute,
        deadline: null,
        startedAt: null,
        crashes: 5,
      },
      error: {
        code: 'services.crashed',
        message: 'Jellyfin ended 5 times in a row',
        details: 'System.IO.IOException: No space left on device : /media/films/.cache',
      },
    },
    now,
  );
}

function nextcloud(now: number): ServiceRow {
  return makeRow(
    {
      id: 'nextcloud',
      title: 'Nextcloud',
      version: '31.0.4:0',
      short: 'Files, calendars, contacts.',
      long: 'Files, calendars and contacts for the household.',
      index: 6,
      job: 'job-1',
      status: {
        desired: 'stopped',
        actual: 'installing',
        reason: 'Being installed',
        since: now - 4 * minute,
        deadline: null,
        startedAt: null,
        crashes: 0,
      },
    },
    now,
  );
}

function wiki(now: number): ServiceRow {
  return makeRow(
    {
      id: 'wiki',
      title: 'Family Wiki',
      version: '2.5.300:0',
      short: 'Recipes and notes.',
      long: 'A place to write things down together.',
      index: 7,
      status: {
        desired: 'stopped',
        actual: 'stopped',
        reason: 'Stopped by you',
        since: now - 8 * day,
        deadline: null,
        startedAt: null,
        crashes: 0,
      },
    },
    now,
  );
}

function jobs(now: number): Record<string, JobRow> {
  return {
    'job-1': {
      id: 'job-1',
      kind: 'package.install',
      service: 'nextcloud',
      title: 'Install Nextcloud',
      state: 'running',
      step: 'fetch',
      cancellable: true,
      startedAt: now - 4 * minute,
      finishedAt: null,
      error: null,
      result: null,
    },
  };
}

function progress(): NonNullable<UiState['jobProgress']> {
  return {
    'job-1': {
      eta: 95,
      phases: [
        { name: 'Building the image', progress: true },
        { name: 'Downloading from home', progress: { done: 212_000_000, total: 486_000_000, units: 'bytes' } },
        { name: 'Checking signature and files', progress: null },
        { name: 'Preparing the container', progress: null },
        { name: 'First start', progress: null },
      ],
    },
  };
}

function health(now: number): NonNullable<UiState['serviceHealth']> {
  return {
    syncthing: {
      ui: {
        name: 'Web interface',
        result: 'success',
        message: 'The web interface is ready',
        since: now - 2 * day,
      },
      sync: {
        name: 'Synchronisation',
        result: 'loading',
        message: '3 of 4 folders up to date',
        since: now - 6 * minute,
      },
      relay: { name: 'Relays', result: 'disabled', message: null, since: now - 2 * day },
    },
    vaultwarden: { web: { name: 'Vault', result: 'success', message: null, since: now - 5 * day } },
  };
}

function network(scene: Scene): NonNullable<UiState['network']> {
  const at = (service: string, rest = '') => [
    { url: `https://${service}.family-server.local/${rest}`, kind: 'mdns' },
    { url: `https://192.168.1.20:8450/${rest}`, kind: 'ipv4' },
  ];
  return {
    caFingerprint: '4A:7B:21:9C:'.repeat(8).slice(0, -1),
    server: [
      { url: 'https://family-server.local:8443', kind: 'mdns' },
      { url: 'https://192.168.1.20:8443', kind: 'ipv4' },
    ],
    addresses:
      scene === 'full'
        ? {
            syncthing: {
              ui: at('syncthing'),
              api: at('syncthing', 'rest?key=9f1c02'),
              peer: [{ url: 'tcp://family-server.local:22000', kind: 'mdns' }],
            },
            vaultwarden: { ui: at('vaultwarden') },
          }
        : {},
  };
}

function backup(now: number): NonNullable<UiState['backup']> {
  return {
    targets: {
      usb: {
        id: 'usb',
        name: 'Blue USB drive',
        path: '/media/usb/hearth',
        lastRun: { at: now - 9 * hour, outcome: 'succeeded', message: null },
      },
    },
  };
}

function notifications(now: number): NonNullable<NonNullable<UiState['notifications']>['items']> {
  return {
    n1: {
      id: 'n1',
      level: 'error',
      title: 'Jellyfin does not stay up',
      message: 'It ended 5 times within 10 minutes and was not started again. Its log has the reason.',
      service: 'jellyfin',
      createdAt: now - 12 * minute,
      seen: false,
    },
    n2: {
      id: 'n2',
      level: 'success',
      title: 'Backup finished',
      message: 'Syncthing and Vaultwarden are safe on Blue USB drive.',
      service: null,
      createdAt: now - 9 * hour,
      seen: false,
    },
    n3: {
      id: 'n3',
      level: 'warning',
      title: 'Disk filling up',
      message: 'Less than 20 % of the disk was free for an hour.',
      service: null,
      createdAt: now - 3 * day,
      seen: true,
    },
  };
}
