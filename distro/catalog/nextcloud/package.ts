/** Nextcloud, from its makers' image, with PostgreSQL as its dependency. */
import { defineService, fromImage, webAnswers } from '@hearth/sdk';

const port = 80;
const html = '/var/www/html';
const user = 'www-data';
const database = 'nextcloud';
const mounts = { data: html };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'nextcloud',
    title: 'Nextcloud',
    version: '31.0.9:0',
    releaseNotes: 'Nextcloud 31.',
    license: 'AGPL-3.0-or-later',
    description: {
      short: 'Files, calendars, contacts and pictures of the family',
      long: 'Nextcloud keeps files on this server and the same on all devices, shares them by links, and has calendars, contacts, notes and much more as apps.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/nextcloud/server',
    marketingUrl: 'https://nextcloud.com',
    hardwareRequirements: { ram: 1_000_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  secrets: {
    owner: { name: 'Password', user: 'owner', show: 'Log in with these.' },
    database: { name: 'Password of the database', length: 32 },
  },
  dependencies: {
    postgresql: {
      description: 'Keeps what Nextcloud knows of files, people and dates',
      versionRange: '>=15:0',
      needs: { running: ['postgresql'] },
      task: {
        action: 'create-database',
        severity: 'critical',
        reason: 'Nextcloud needs a database of its own',
        input: async ({ secrets }) => ({ name: database, password: await secrets.database.once() }),
      },
    },
  },
  interfaces: {
    ui: { name: 'Nextcloud', description: 'Files, calendars, contacts', type: 'ui', port, protocol: 'http' },
  },

  daemons: {
    web: {
      image: 'main',
      command: fromImage(),
      async env({ interfaces, secrets }) {
        const addresses = (await interfaces.ui.addresses.const()).filter(({ encrypted }) => encrypted);
        const home = addresses.find(({ kind }) => kind === 'mdns');
        return {
          // The image sets everything up at its first start.
          ...{ NEXTCLOUD_ADMIN_USER: 'owner', NEXTCLOUD_ADMIN_PASSWORD: await secrets.owner.once() },
          ...{ POSTGRES_HOST: 'postgresql.startos', POSTGRES_DB: database, POSTGRES_USER: database },
          POSTGRES_PASSWORD: await secrets.database.const(),
          NEXTCLOUD_TRUSTED_DOMAINS: addresses.map(({ url }) => new URL(url).host).join(' '),
          OVERWRITEPROTOCOL: 'https',
          ...(home !== undefined && { OVERWRITECLIURL: home.url }),
          TRUSTED_PROXIES: '10.0.0.0/8',
          PHP_UPLOAD_LIMIT: '16G',
          APACHE_BODY_LIMIT: '0',
        };
      },
      mounts,
      ready: {
        name: 'Nextcloud',
        check: webAnswers(port, { success: 'It is open', failure: 'It does not answer' }, '/status.php'),
        // The first start copies the whole program and makes its tables.
        graceMs: 600_000,
      },
    },
    jobs: {
      image: 'main',
      command: ['sh', '-c', `while :; do php -f ${html}/cron.php; sleep 300; done`],
      user,
      mounts,
      requires: ['web'],
      ready: null,
      stopWithinMs: 30_000,
    },
  },

  actions: {
    repair: {
      name: 'Repair',
      description:
        'Looks for files that were put there by other ways, adds indices that are missing, and ends maintenance.',
      when: 'only-running',
      async run(context) {
        const occ = (...argv: readonly string[]) =>
          context.within('main', mounts, (inside) =>
            inside.run(['php', `${html}/occ`, '--no-interaction', ...argv], { user, cwd: html }, 3_600_000),
          );
        await occ('maintenance:mode', '--off');
        await occ('db:add-missing-indices');
        await occ('files:scan', '--all');
        return null;
      },
    },
  },
  askAtInstall: {
    'show-owner': { severity: 'important', reason: 'You need user and password to log in' },
  },
  backup: ['data'],
});
