/** Radicale, from Debian: calendars, tasks and address books for phones and computers. */
import { answer, type Context, defineService, fields, shown, webAnswers } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/radicale';
const port = 5232;
const owner = 'owner';
const user = 'radicale';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

const config = `[server]
hosts = 0.0.0.0:${port}
max_connections = 20
max_content_length = 100000000

[auth]
type = htpasswd
htpasswd_filename = ${home}/users
htpasswd_encryption = bcrypt
delay = 1

[rights]
type = owner_only

[storage]
filesystem_folder = ${home}/collections

[logging]
level = warning
`;

/** One line a person, as htpasswd writes it. Radicale looks into the file at every log-in. */
const setPassword = `
import sys
from passlib.hash import bcrypt
path = '${home}/users'
name, password = sys.stdin.read().split('\\n')[:2]
try:
    lines = [line for line in open(path).read().splitlines() if line.split(':')[0] != name]
except FileNotFoundError:
    lines = []
if password:
    lines.append(name + ':' + bcrypt.using(rounds=10).hash(password))
open(path + '.new', 'w').write(''.join(line + '\\n' for line in sorted(lines)))
import os
os.replace(path + '.new', path)
`;

/** An empty password takes the person away. */
async function tellRadicale(context: Box, name: string, password: string): Promise<void> {
  const input = `${name}\n${password}\n`;
  await context.run('main', mounts, ['python3', '-c', setPassword], { user, input });
}

async function people(context: Box): Promise<string[]> {
  const lines = ((await context.volumes.data.read('users')) ?? '').split('\n');
  return lines.map((line) => line.split(':')[0] ?? '').filter((name) => name !== '');
}

const nameField = {
  name: fields.text({
    name: 'Name',
    description: 'What this person logs in with: small letters, digits, dots and hyphens.',
    maxLength: 32,
    patterns: [{ regex: '[a-z0-9][a-z0-9.-]*', description: 'use small letters, digits, dots and hyphens' }],
  }),
};

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'radicale',
    title: 'Radicale',
    version: '3.1.8:0',
    releaseNotes: 'Radicale 3.1.8, from Debian 12.',
    license: 'GPL-3.0-or-later',
    description: {
      short: 'Your calendars and contacts on all your devices',
      long: 'Radicale keeps calendars, tasks and address books, and phones, computers and mail programs read and write them by the open standards CalDAV and CardDAV. Each person of the household gets an account of their own.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/Kozea/Radicale',
    marketingUrl: 'https://radicale.org',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    ui: {
      name: 'Calendars and contacts',
      description: 'Make calendars here; give this address to your devices',
      type: 'ui',
      port,
      protocol: 'http',
    },
  },

  async install(context) {
    const password = context.password();
    await tellRadicale(context, owner, password);
    await keepCredentials(context, { user: owner, password });
  },

  daemons: {
    radicale: {
      image: 'main',
      async command(context) {
        await context.volumes.data.write('config', config, 0o644);
        return ['radicale', '--config', `${home}/config`];
      },
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Calendars and contacts',
        check: webAnswers(port, { success: 'Ready for your devices', failure: 'Radicale does not answer' }),
        graceMs: 20_000,
      },
      stopWithinMs: 20_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'What your devices ask for when you add the account.',
      async run(context) {
        return showCredentials('Log in to your calendars', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces your own password with a new one.',
      warning: 'Every device that has the old password must get the new one.',
      async run(context) {
        const credentials = { user: owner, password: context.password() };
        await tellRadicale(context, owner, credentials.password);
        await keepCredentials(context, credentials);
        return showCredentials('Your new password', 'It works at once.', credentials);
      },
    },
    'add-person': {
      name: 'Add a person',
      description: 'Somebody else with calendars of their own. For somebody who is there: a new password.',
      group: 'People',
      input: nameField,
      async run(context, { name }) {
        if (name === owner) throw new Error('That is you; use "Make a new password"');
        const password = context.password(16);
        await tellRadicale(context, name, password);
        const values = { User: shown(name), Password: shown(password, { masked: true }) };
        return answer('Hand these over', 'The password is shown this once.', values);
      },
    },
    'remove-person': {
      name: 'Remove a person',
      description: 'Their log-in ends. Their calendars stay on the disk, and come back when they are added again.',
      group: 'People',
      input: nameField,
      async run(context, { name }) {
        if (name === owner) throw new Error('You cannot remove yourself');
        if (!(await people(context)).includes(name)) throw new Error(`Nobody is called ${name}`);
        await tellRadicale(context, name, '');
        return answer(`${name} can no longer log in`, null);
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'Your devices ask for user and password' },
  },
  backup: ['data'],
});
