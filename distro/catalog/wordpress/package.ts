/** WordPress, from Debian, with PHP, nginx and a MariaDB of its own. */
import { defineService, portListens, programSucceeds, webAnswers } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';
import {
  type Box,
  databaseAnswers,
  databaseCommand,
  databaseMounts,
  databaseUser,
  makeDatabase,
  socket,
} from './database.ts';
import { changePassword, clock, configuration, installSite, settings, siteMounts } from './site.ts';
import { phpPort, phpSettings, webPort, webUser } from '../src/php.ts';
import { content, nginx } from './web.ts';

const owner = 'owner';

/** WordPress asks its database for everything, so one runs while it is set up. */
async function setUp(context: Box): Promise<void> {
  await makeDatabase(context);
  await context.within('main', siteMounts, async (inside) => {
    await inside.run(['cp', '-a', '/opt/first/wp-content/.', content]);
    const secret = () => context.password(48);
    await inside.write(`${settings}/config.php`, configuration(secret), { user: 'root', mode: 0o640 });
    await inside.run(['chown', `root:${webUser}`, `${settings}/config.php`]);
  });
  const credentials = { user: owner, password: context.password() };
  await context.within('main', databaseMounts, async (inside) => {
    const database = await inside.spawn(databaseCommand, { user: databaseUser });
    const wait = `until [ -S ${socket} ] && ${databaseAnswers.join(' ')}; do sleep 0.2; done`;
    await inside.run(['timeout', '90', 'sh', '-c', wait], { user: databaseUser }, 100_000);
    try {
      await installSite(context, credentials);
    } finally {
      database.kill('SIGTERM');
      await database.exited;
    }
  });
  await keepCredentials(context, credentials);
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'wordpress',
    title: 'WordPress',
    version: '6.1.9:0',
    releaseNotes: 'WordPress 6.1.9, from Debian 12.',
    license: 'GPL-2.0-or-later',
    description: {
      short: 'A web site or blog that you write in the browser',
      long: 'WordPress makes web sites: pages, a blog, pictures, and themes and plugins for almost everything else. It comes with its own database and keeps all on this server.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/WordPress/WordPress',
    marketingUrl: 'https://wordpress.org',
    donationUrl: 'https://wordpressfoundation.org/donate/',
    hardwareRequirements: { ram: 512_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data', 'database', 'sockets', 'files'],
  interfaces: {
    ui: { name: 'Web site', description: 'What visitors see', type: 'ui', port: webPort, protocol: 'http' },
    admin: {
      name: 'Dashboard',
      description: 'Write pages, choose themes, add people',
      type: 'ui',
      port: webPort,
      protocol: 'http',
      path: '/wp-admin/',
    },
  },

  install: setUp,
  async prepare({ volumes }) {
    await volumes.data.write('nginx.conf', nginx, 0o644);
    await volumes.data.write('php-fpm.conf', phpSettings, 0o644);
    await volumes.sockets.remove('database.sock');
  },

  daemons: {
    database: {
      image: 'main',
      command: databaseCommand,
      user: databaseUser,
      mounts: databaseMounts,
      ready: {
        name: null,
        check: programSucceeds(
          databaseAnswers,
          { success: 'The database answers', failure: 'The database does not answer' },
          { user: databaseUser },
        ),
        graceMs: 120_000,
      },
      stopWithinMs: 120_000,
    },
    php: {
      image: 'main',
      command: ['php-fpm8.2', '--nodaemonize', '--fpm-config', `${settings}/php-fpm.conf`],
      mounts: siteMounts,
      requires: ['database'],
      ready: {
        name: null,
        check: portListens(phpPort, { success: 'PHP runs', failure: 'PHP does not run' }),
        graceMs: 20_000,
      },
    },
    web: {
      image: 'main',
      command: ['nginx', '-c', `${settings}/nginx.conf`, '-g', 'daemon off;'],
      mounts: siteMounts,
      requires: ['php'],
      ready: {
        name: 'Web site',
        check: webAnswers(webPort, { success: 'The site is open', failure: 'The site does not answer' }),
        graceMs: 30_000,
      },
    },
    clock: {
      image: 'main',
      command: clock,
      user: webUser,
      mounts: siteMounts,
      requires: ['web'],
      ready: null,
      stopWithinMs: 5000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'Of the owner, who may do everything on the site.',
      async run(context) {
        return showCredentials('Log in at the dashboard', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: "Replaces the owner's password with a new one.",
      warning: 'The old password stops working.',
      when: 'only-running',
      async run(context) {
        const credentials = { user: owner, password: context.password() };
        await changePassword(context, credentials);
        await keepCredentials(context, credentials);
        return showCredentials('The new password', 'It works at once.', credentials);
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'You need user and password to write on your site' },
  },
  backup: ['data', 'database', 'files'],
});
