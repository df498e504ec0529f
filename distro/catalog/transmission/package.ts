/** Transmission, from Debian: fetches and shares what is published by BitTorrent. */
import { type Context, defineService, portListens, webAnswers } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/transmission-daemon';
const port = 9091;
const peerPort = 51413;
const owner = 'owner';
const user = 'debian-transmission';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

/** What must hold whatever the owner changed in the settings of the page. */
const fixed = {
  'rpc-enabled': true,
  'rpc-bind-address': '0.0.0.0',
  'rpc-port': port,
  'rpc-authentication-required': true,
  // Hearth's proxy comes by names and addresses Transmission does not know.
  'rpc-whitelist-enabled': false,
  'rpc-host-whitelist-enabled': false,
  'peer-port': peerPort,
  'peer-port-random-on-start': false,
  // Inside a container there is no router to be asked and no neighbour to be called.
  'port-forwarding-enabled': false,
  'lpd-enabled': false,
};
const first = {
  'download-dir': `${home}/downloads`,
  'incomplete-dir': `${home}/incomplete`,
  'incomplete-dir-enabled': true,
  encryption: 1,
  'ratio-limit-enabled': true,
  'ratio-limit': 2,
  umask: 18,
};

/** It writes its settings when it ends, with the password hashed: ours go in before each start. */
async function writeSettings(context: Box): Promise<void> {
  const { user: name, password } = await credentialsOf(context);
  const kept = (await context.volumes.data.readJson('config/settings.json')) as object | null;
  const settings = { ...first, ...kept, ...fixed, 'rpc-username': name, 'rpc-password': password };
  await context.within('main', mounts, async (subcontainer) => {
    const folders = ['config', 'downloads', 'incomplete'].map((folder) => `${home}/${folder}`);
    await subcontainer.run(['mkdir', '-p', ...folders], { user });
    await subcontainer.write(`${home}/config/settings.json`, JSON.stringify(settings, null, 2), { user });
  });
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'transmission',
    title: 'Transmission',
    version: '3.00.0:0',
    releaseNotes: 'Transmission 3.00, from Debian 12.',
    license: 'GPL-2.0-only OR GPL-3.0-only',
    description: {
      short: 'Fetches and shares large files by BitTorrent',
      long: 'Transmission fetches files that many people share, such as films in the public domain and systems to install, and keeps sharing them while your computer sleeps. You add torrents and look at them in a web page.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/transmission/transmission',
    marketingUrl: 'https://transmissionbt.com',
    donationUrl: 'https://transmissionbt.com/donate.html',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    ui: {
      name: 'Web interface',
      description: 'Add torrents and watch them',
      type: 'ui',
      port,
      protocol: 'http',
      path: '/transmission/web/',
    },
    peers: {
      name: 'Peers',
      description: 'Where others who share the same files reach you',
      type: 'p2p',
      port: peerPort,
      protocol: 'tcp',
    },
  },

  async install(context) {
    await keepCredentials(context, { user: owner, password: context.password() });
  },

  daemons: {
    transmission: {
      image: 'main',
      async command(context) {
        await writeSettings(context);
        return ['transmission-daemon', '--foreground', '--config-dir', `${home}/config`, '--log-error'];
      },
      user,
      cwd: home,
      env: { HOME: home },
      mounts,
      ready: {
        name: 'Web interface',
        check: webAnswers(port, {
          success: 'The web interface is ready',
          failure: 'The web interface does not answer',
        }),
        graceMs: 30_000,
      },
      stopWithinMs: 60_000,
    },
  },
  checks: {
    peers: {
      name: 'Peers',
      check: portListens(peerPort, { success: 'Others can connect', failure: 'Nobody can connect from outside' }),
      requires: ['transmission'],
      graceMs: 30_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'What the web interface asks for.',
      async run(context) {
        return showCredentials('Log in to Transmission', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces the password with a new one, and restarts the service.',
      warning: 'The old password stops working.',
      async run(context) {
        const credentials = { user: owner, password: context.password() };
        await keepCredentials(context, credentials);
        await context.effects.restart();
        return showCredentials('The new password', 'It works as soon as Transmission has restarted.', credentials);
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'You need user and password to open Transmission' },
  },
  backup: [{ volume: 'data', exclude: ['incomplete/*'] }],
});
