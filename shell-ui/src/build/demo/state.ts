/** A made-up household: what the demonstration server shows. Typed by the contract, so that it cannot drift from it. */
import type { JobRow } from '@hearth/contract';
import type { UiState } from '../../state/slices.ts';
import { demoPlugins, demoPluginStatus } from './plugins.ts';
import { services } from './services.ts';
import { onionOfSyncthing } from './tor.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type Scene = 'fresh' | 'empty' | 'full' | 'distress';

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
    boot: scene === 'distress' ? brokenBoot() : boot(),
    services: scene === 'full' ? services(now) : {},
    jobs: scene === 'full' ? jobs(now) : {},
    serviceHealth: scene === 'full' ? health(now) : {},
    serviceNeeds: scene === 'full' ? needs() : {},
    jobProgress: scene === 'full' ? progress() : {},
    network: network(scene),
    marketplace: { updates: scene === 'full' ? { syncthing: { version: '1.29.6:0' } } : {} },
    backup: scene === 'full' ? backup(now) : { targets: {}, kinds: backupKinds(null) },
    plugins: scene === 'full' ? demoPlugins(now) : {},
    pluginStatus: scene === 'full' ? demoPluginStatus(now) : {},
    smtp: { server: null },
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

function brokenBoot(): NonNullable<UiState['boot']> {
  const error = {
    code: 'state.journalDamaged',
    message: 'Cannot open the journal: file "000012.log" is damaged at byte 4711',
  };
  const about = 'Keeps everything the server knows';
  return {
    mode: 'diagnostic',
    plugins: [{ plugin: 'state', about, phase: 'setup', outcome: 'failed', took: 0, error }],
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
              ui: [...at('syncthing'), onionOfSyncthing],
              api: at('syncthing', 'rest?key=9f1c02'),
              peer: [{ url: 'tcp://family-server.local:22000', kind: 'mdns' }],
            },
            vaultwarden: { ui: at('vaultwarden') },
          }
        : {},
  };
}

function backupKinds(unavailable: string | null): NonNullable<NonNullable<UiState['backup']>['kinds']> {
  const id = 'webdav-backups.folder';
  return {
    [id]: {
      ...{ id, name: 'A WebDAV server', about: 'Keeps backups in a folder of a WebDAV server.', unavailable },
      form: {
        address: {
          ...{ type: 'text', name: 'Address of the folder', required: true, inputmode: 'url' },
          placeholder: 'https://cloud.example.org/dav/hearth/',
          description: 'As your server shows it for WebDAV.',
        },
        user: { type: 'text', name: 'User name', required: false },
        password: { type: 'text', name: 'Password', required: false, masked: true },
      },
    },
  };
}

function backup(now: number): NonNullable<UiState['backup']> {
  return {
    kinds: backupKinds('its plugin is off'),
    targets: {
      nas: {
        ...{ id: 'nas', name: 'NAS in the cellar', kind: 'webdav-backups.folder' },
        settings: { address: 'https://nas.home/dav/hearth/', user: 'anna' },
        lastRun: {
          at: now - 30 * hour,
          outcome: 'failed',
          message: 'Cannot use backup target "NAS in the cellar": its plugin is off',
        },
      },
      usb: {
        id: 'usb',
        name: 'Blue USB drive',
        kind: 'folder',
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

function needs(): NonNullable<UiState['serviceNeeds']> {
  return {
    synapse: { postgres: { state: 'missing', reason: 'It is not installed', title: 'PostgreSQL' } },
    wiki: {
      album: { state: 'not-running', reason: 'It is stopped: Stopped by you', title: 'Album' },
      vaultwarden: { state: 'task', reason: 'The wiki keeps its pictures in the vault.', title: 'Vaultwarden' },
      postgres: { state: 'missing', reason: 'It is not installed', title: 'PostgreSQL' },
    },
  };
}
