/** Matrix's own server Synapse, from Debian sid, with PostgreSQL as its dependency. */
import { answer, type Context, defineService, type SecretHandle, shown, webAnswers } from '@hearth/sdk';
import { type AtHome, homeAddress, keptDomain } from '../src/home-address.ts';
import { personName } from '../src/person-name.ts';
import { configuration, database, home, type Homeserver, logging, port } from './configuration.ts';
import { Synapse } from './people.ts';

const user = 'matrix-synapse';
const mounts = { data: { at: home, owner: user } };
const server = ['python3', '-m', 'synapse.app.homeserver', `--config-path=${home}/homeserver.yaml`];

interface Secrets {
  readonly secrets: {
    readonly [id in 'database' | 'registration' | 'tokens' | 'forms' | 'steward']: SecretHandle;
  };
}
type Box = Context<'data', 'main'> & AtHome & Secrets;

async function configure(context: Box): Promise<void> {
  const { secrets } = context;
  const site: Homeserver = {
    domain: await keptDomain(context),
    url: (await homeAddress(context.interfaces.web.addresses)).origin,
    secrets: {
      database: await secrets.database.once(),
      registration: await secrets.registration.once(),
      tokens: await secrets.tokens.once(),
      forms: await secrets.forms.once(),
    },
  };
  await context.within('main', mounts, async (inside) => {
    await inside.write(`${home}/homeserver.yaml`, configuration(site), { user });
    await inside.write(`${home}/log.yaml`, logging, { user });
    // The key of this server; one that is there stays.
    await inside.run([...server, '--generate-keys'], { user, cwd: home }, 120_000);
  });
}

const personField = { name: personName('the colon') };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'synapse',
    title: 'Matrix (Synapse)',
    version: '1.160.0:0',
    releaseNotes: 'Synapse 1.160, from Debian unstable.',
    license: 'AGPL-3.0-or-later',
    description: {
      short: 'Chats and rooms for your people, on all their devices',
      long: 'Synapse is the server of Matrix, an open network for messages, rooms and calls. Each person gets an address and uses a program like Element; what is said can be encrypted from end to end.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/element-hq/synapse',
    marketingUrl: 'https://matrix.org',
    donationUrl: 'https://matrix.org/support/',
    hardwareRequirements: { ram: 1_000_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  secrets: {
    database: { name: 'Password of the database', length: 32 },
    registration: { name: 'Secret for adding people', length: 48 },
    tokens: { name: 'Key of sessions', length: 48 },
    forms: { name: 'Key of forms', length: 48 },
    steward: { name: 'Password of the account that adds people', length: 48 },
  },
  dependencies: {
    postgresql: {
      description: 'Keeps messages, rooms and accounts',
      versionRange: '>=15:0',
      needs: { running: ['postgresql'] },
      task: {
        action: 'create-database',
        severity: 'critical',
        reason: 'Synapse needs a database of its own',
        input: async ({ secrets }) => ({ name: database, password: await secrets.database.once() }),
      },
    },
  },
  interfaces: {
    web: {
      name: 'Matrix',
      description: 'The server that programs like Element ask for',
      type: 'api',
      port,
      protocol: 'http',
    },
  },

  daemons: {
    synapse: {
      image: 'main',
      async command(context) {
        await configure(context);
        return server;
      },
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Matrix',
        check: webAnswers(port, { success: 'People can log in', failure: 'Synapse does not answer' }, '/health'),
        // The first start makes many tables.
        graceMs: 180_000,
      },
      stopWithinMs: 60_000,
    },
  },

  actions: {
    'add-person': {
      name: 'Add a person',
      description: 'An address and a password. For a person who is there: a new password, and all devices log in anew.',
      when: 'only-running',
      group: 'People',
      input: personField,
      async run(context, { name }) {
        const password = context.password(16);
        const synapse = await Synapse.open(context, await keptDomain(context));
        await synapse.put(name, password);
        const { origin } = await homeAddress(context.interfaces.web.addresses);
        return answer(
          'Give these to the person',
          'The password is shown this once; it can be changed in the program.',
          {
            Homeserver: shown(origin),
            Address: shown(synapse.address(name)),
            Password: shown(password, { masked: true }),
          },
        );
      },
    },
    'remove-person': {
      name: 'Remove a person',
      description: 'Nobody can log in with the address again, and what is kept about the person is erased.',
      warning: 'It cannot be taken back.',
      when: 'only-running',
      group: 'People',
      input: personField,
      async run(context, { name }) {
        await (await Synapse.open(context, await keptDomain(context))).remove(name);
        return answer(`${name} can no longer log in`, null);
      },
    },
    'list-people': {
      name: 'Show everybody',
      description: 'The addresses of all people.',
      when: 'only-running',
      group: 'People',
      async run(context) {
        const addresses = await (await Synapse.open(context, await keptDomain(context))).addresses();
        if (addresses.length === 0) return answer('Nobody yet', 'Add people first.');
        return answer('Everybody', null, Object.fromEntries(addresses.map((address) => [address, shown(address)])));
      },
    },
  },
  backup: [{ volume: 'data', exclude: ['homeserver.pid'] }],
});
