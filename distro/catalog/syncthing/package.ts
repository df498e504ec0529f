/** Syncthing, from Debian's package: keeps folders the same on all of the owner's devices. */
import { answer, type Context, defineService, portListens, shown, webAnswers } from '@hearth/sdk';
import { gated, hardened, installed } from './config.ts';

const home = '/var/syncthing';
const user = 'admin';
const guiPort = 8384;
const syncPort = 22000;
/** HOME is where new folders go; Syncthing itself keeps to `config`. */
const program = { user: 'syncthing', cwd: home, env: { HOME: `${home}/files` } };
const mounts = { data: { at: home, owner: 'syncthing' } };

type Box = Context<'data', 'main'>;

/** Beside Syncthing's own folders, for root alone: it keeps only a hash of the password itself. */
const credentialsFile = 'credentials.json';

/** Writes user and password into Syncthing's configuration, making keys and configuration where there are none. */
async function generate(context: Box, password: string): Promise<void> {
  const command = ['syncthing', 'generate', `--home=${home}/config`, `--gui-user=${user}`, '--gui-password=-'];
  await context.within('main', mounts, async (subcontainer) => {
    await subcontainer.run(['mkdir', '-p', `${home}/config`, `${home}/files`], program);
    await subcontainer.run([...command, '--no-default-folder', '--skip-port-probing'], {
      ...program,
      input: `${password}\n`,
    });
  });
}

/** Changes what a file says without changing whose it is. */
async function edit(context: Box, file: string, change: (text: string) => string): Promise<void> {
  const before = await context.volumes.data.read(file);
  if (before === null) return;
  const after = change(before);
  if (after !== before) await context.volumes.data.write(file, after);
}

/** Tells the running program, which then needs no restart. False: it does not run. */
async function tellRunning(context: Box, password: string): Promise<boolean> {
  const config = (await context.volumes.data.read('config/config.xml')) ?? '';
  const key = /<apikey>([^<]+)<\/apikey>/.exec(config)?.[1];
  if (key === undefined) return false;
  try {
    const response = await context.fetch(`http://127.0.0.1:${guiPort}/rest/config/gui`, {
      method: 'PATCH',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ user, password }),
    });
    return response.ok;
  } catch {
    return false;
  }
}

const credentials = (password: string) => ({ User: shown(user), Password: shown(password, { masked: true }) });

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'syncthing',
    title: 'Syncthing',
    version: '1.19.2:0',
    releaseNotes: 'Syncthing 1.19.2, from Debian 12.',
    license: 'MPL-2.0',
    description: {
      short: 'Keeps your folders the same on all your devices',
      long: 'Syncthing keeps folders of your computers, phones and this server the same, directly between them and encrypted on the way. Nobody else holds a copy. With a server that is always on, your devices need not be awake at the same time.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/syncthing/syncthing',
    marketingUrl: 'https://syncthing.net',
    donationUrl: 'https://syncthing.net/donations',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    ui: {
      name: 'Web interface',
      description: 'Folders, devices and settings of Syncthing',
      type: 'ui',
      port: guiPort,
      protocol: 'http',
    },
    sync: {
      name: 'Sync',
      description: 'Where your other devices reach this one',
      type: 'p2p',
      port: syncPort,
      protocol: 'tcp',
      encrypted: true,
      scheme: 'tcp',
    },
  },

  async install(context) {
    const password = context.password();
    await generate(context, password);
    await edit(context, 'config/config.xml', installed);
    await context.volumes.data.writeJson(credentialsFile, { user, password }, 0o600);
  },
  /** Whatever was changed in its settings: it stays reachable through Hearth, and behind its password. */
  async prepare(context) {
    await edit(context, 'config/config.xml', hardened);
    const config = await context.volumes.data.read('config/config.xml');
    if (config !== null && !gated(config)) await generate(context, await passwordOf(context));
  },

  daemons: {
    syncthing: {
      image: 'main',
      command: [
        'syncthing',
        'serve',
        `--home=${home}/config`,
        '--no-browser',
        '--no-restart',
        '--no-upgrade',
        '--logflags=0',
      ],
      ...program,
      mounts,
      ready: {
        name: 'Web interface',
        check: webAnswers(guiPort, {
          success: 'The web interface is ready',
          failure: 'The web interface does not answer',
        }),
        graceMs: 30_000,
      },
      stopWithinMs: 60_000,
    },
  },
  checks: {
    sync: {
      name: 'Sync',
      check: portListens(syncPort, {
        success: 'Other devices can connect',
        failure: `Nothing listens on port ${syncPort}: its settings may name another one`,
      }),
      requires: ['syncthing'],
      graceMs: 30_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: "What Syncthing's web interface asks for.",
      async run(context) {
        return answer('Log in to Syncthing', null, credentials(await passwordOf(context)));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: "Replaces the password of Syncthing's web interface with a new one.",
      warning: 'The old password stops working.',
      async run(context) {
        const password = context.password();
        if (!(await tellRunning(context, password))) await generate(context, password);
        await context.volumes.data.writeJson(credentialsFile, { user, password }, 0o600);
        return answer('The new password', 'It works at once.', credentials(password));
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'You need user and password to open Syncthing' },
  },
  backup: [{ volume: 'data', exclude: ['config/index-*.db'] }],
});

async function passwordOf(context: Box): Promise<string> {
  const kept = (await context.volumes.data.readJson(credentialsFile)) as { password: string } | null;
  if (kept === null) throw new Error('The password is not known any more; make a new one');
  return kept.password;
}
