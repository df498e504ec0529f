/** The rows of the made-up household's services. */
import type { ServiceRow } from '@hearth/contract';
import { hosts, makeRow, running } from './row.ts';
import { tor } from './tor.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function services(now: number): Record<string, ServiceRow> {
  const rows = [syncthing, vault, synapse, jellyfin, nextcloud, wiki, album, tor].map((make) => make(now));
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
      actions: {
        'every-kind': {
          name: 'Settings',
          description: 'All that can be set.',
          warning: null,
          visibility: 'enabled',
          allowedStatuses: 'any',
          hasInput: true,
          group: null,
        },
        later: {
          name: 'Clean up',
          description: 'Removes what nobody needs.',
          warning: null,
          visibility: { disabled: 'There is nothing to clean up.' },
          allowedStatuses: 'any',
          hasInput: false,
          group: 'Repair',
        },
      },
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
      tasks: {
        vault: {
          active: true,
          task: {
            packageId: 'vaultwarden',
            actionId: 'every-kind',
            severity: 'optional',
            reason: 'The wiki keeps its pictures in the vault.',
            when: { once: false, condition: 'input-not-matches' },
            input: { kind: 'partial', accept: [{ number: 8 }], set: { number: 8, maybe: true } },
          },
        },
      },
      dependencies: {
        album: { kind: 'running', id: 'album', healthChecks: ['web'], versionRange: '^2' },
        vaultwarden: { kind: 'running', id: 'vaultwarden', healthChecks: [], versionRange: '*' },
        postgres: { kind: 'running', id: 'postgres', healthChecks: [], versionRange: '*' },
      },
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

function album(now: number): ServiceRow {
  return makeRow(
    {
      id: 'album',
      title: 'Album',
      version: '2.0.1:0',
      short: 'The pictures of the house.',
      long: 'Pictures, for everybody at home.',
      index: 8,
      status: {
        desired: 'stopped',
        actual: 'stopped',
        reason: 'Stopped by you',
        since: now - 2 * day,
        deadline: null,
        startedAt: null,
        crashes: 0,
      },
    },
    now,
  );
}
