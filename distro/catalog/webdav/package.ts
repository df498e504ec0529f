/** Files over WebDAV, served by rclone from Debian: a network drive for computers and phones. */
import { type Context, defineService, webAnswers } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/srv';
const port = 8080;
const owner = 'owner';
const user = 'www-data';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

/** Only a hash of the password is kept where the server can read it, and it is looked at again when it changes. */
async function setPassword(context: Box, password: string): Promise<void> {
  await context.within('main', mounts, async (subcontainer) => {
    const hash = await subcontainer.run(['openssl', 'passwd', '-apr1', '-stdin'], { user, input: `${password}\n` });
    await subcontainer.run(['mkdir', '-p', `${home}/files`], { user });
    await subcontainer.write(`${home}/users`, `${owner}:${hash.trim()}\n`, { user });
  });
  await keepCredentials(context, { user: owner, password });
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'webdav',
    title: 'Files',
    version: '1.60.1:0',
    releaseNotes: 'rclone 1.60.1, from Debian 12.',
    license: 'MIT',
    description: {
      short: 'A network drive for your computers and phones',
      long: 'Keeps files on your server, and lets computers and phones open them as a network drive (WebDAV) from anywhere your server is reached. What you see is what is there: plain folders, no database.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/rclone/rclone',
    marketingUrl: 'https://rclone.org/commands/rclone_serve_webdav/',
    donationUrl: 'https://rclone.org/donate/',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    ui: {
      name: 'Files',
      description: 'Look at your files here; give this address to your devices',
      type: 'ui',
      port,
      protocol: 'http',
    },
  },

  install: (context) => setPassword(context, context.password()),

  daemons: {
    webdav: {
      image: 'main',
      command: [
        'rclone',
        'serve',
        'webdav',
        `${home}/files`,
        `--addr=:${port}`,
        `--htpasswd=${home}/users`,
        '--realm=Files',
        '--config=',
        // Others may change the folder too: looked at anew each time.
        '--dir-cache-time=0s',
        '--poll-interval=0',
        // What was taken is on the disk, and not in a cache on its way there.
        '--vfs-cache-mode=off',
      ],
      user,
      cwd: home,
      env: { HOME: home },
      mounts,
      ready: {
        name: 'Files',
        check: webAnswers(port, { success: 'Your files can be opened', failure: 'Nothing answers' }),
        graceMs: 20_000,
      },
      stopWithinMs: 30_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'What your devices ask for when you connect the drive.',
      async run(context) {
        return showCredentials('Connect to your files', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces the password with a new one.',
      warning: 'Every device that has the old password must get the new one.',
      async run(context) {
        await setPassword(context, context.password());
        return showCredentials('The new password', 'It works at once.', await credentialsOf(context));
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'Your devices ask for user and password' },
  },
  backup: ['data'],
});
