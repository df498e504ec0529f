/** Mumble, from Debian: rooms to talk in. */
import { answer, type Context, defineService, fields, portListens, shown } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/mumble-server';
const port = 64738;
const user = 'mumble-server';
/** Mumble's own name for who may do everything. */
const owner = 'SuperUser';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

interface Settings {
  readonly welcome: string;
  /** What guests type to come in; empty: nothing. */
  readonly password: string;
  readonly people: number;
}
const settingsFile = 'settings.json';

async function settingsOf({ volumes }: Box): Promise<Settings> {
  const kept = (await volumes.data.readJson(settingsFile)) as Settings | null;
  return kept ?? { welcome: 'Welcome!', password: '', people: 50 };
}

/** As Qt reads it: what stands between quotes may hold anything, with a backslash before quotes and backslashes. */
const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll(/[\r\n]+/g, '<br/>')}"`;

const configuration = ({ welcome, password, people }: Settings) => `database=${home}/mumble-server.sqlite
ice=
logfile=
port=${port}
welcometext=${quoted(welcome)}
serverpassword=${quoted(password)}
users=${people}
bandwidth=130000
opusthreshold=0
allowping=true
bonjour=false
# Who guesses passwords has to wait.
autobanAttempts=10
autobanTimeframe=120
autobanTime=300
`;

async function configure(context: Box): Promise<void> {
  const text = configuration(await settingsOf(context));
  await context.within('main', mounts, (inside) => inside.write(`${home}/murmur.ini`, text, { user }));
}

const server = ['murmurd', '-fg', '-ini', `${home}/murmur.ini`];

async function tellMumble(context: Box, password: string): Promise<void> {
  await context.run('main', mounts, [...server, '-readsupw'], { user, input: `${password}\n` });
  await keepCredentials(context, { user: owner, password });
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'mumble',
    title: 'Mumble',
    version: '1.3.4:0',
    releaseNotes: 'Mumble 1.3.4, from Debian 12.',
    license: 'BSD-3-Clause',
    description: {
      short: 'Rooms to talk in, for games, families and meetings',
      long: 'Mumble carries voices with little delay and good sound, encrypted between each of you and your server. People come in with the Mumble program on a computer or phone, and meet in rooms.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/mumble-voip/mumble',
    marketingUrl: 'https://www.mumble.info',
    donationUrl: 'https://github.com/sponsors/mumble-voip',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    voice: {
      name: 'Voice',
      description: 'For the Mumble program: it encrypts by itself',
      type: 'api',
      port,
      protocol: 'tcp',
      encrypted: true,
      scheme: 'mumble',
    },
  },

  async install(context) {
    await context.volumes.data.writeJson(settingsFile, {
      ...(await settingsOf(context)),
      password: context.password(12),
    });
    await configure(context);
    await tellMumble(context, context.password());
  },
  prepare: configure,

  daemons: {
    mumble: {
      image: 'main',
      command: server,
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Voice',
        check: portListens(port, { success: 'People can come in', failure: 'The server does not listen' }),
        graceMs: 30_000,
      },
      stopWithinMs: 20_000,
    },
  },
  checks: {
    udp: {
      name: 'Short ways for voices',
      check: portListens(
        port,
        { success: 'Voices take the short way', failure: 'Voices take the slow way, through the encrypted connection' },
        'udp',
      ),
      requires: ['mumble'],
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show how to come in',
      description: 'The password for guests, and that of SuperUser, who sets up rooms and rights.',
      async run(context) {
        const { password } = await settingsOf(context);
        const own = await credentialsOf(context);
        return answer('Come in', 'Guests choose a name of their own.', {
          'Password for guests': shown(password, { masked: true }),
          User: shown(own.user),
          Password: shown(own.password, { masked: true }),
        });
      },
    },
    'reset-password': {
      name: 'Make a new password for SuperUser',
      description: 'Replaces the password of SuperUser with a new one.',
      async run(context) {
        await tellMumble(context, context.password());
        return showCredentials('The new password', 'It works at once.', await credentialsOf(context));
      },
    },
    configure: {
      name: 'Settings',
      description: 'The greeting, the password for guests, and how many may be there at once. The server restarts.',
      warning: 'Everybody who is talking is cut off for a moment.',
      input: {
        welcome: fields.textarea({ name: 'Greeting', maxLength: 1000, default: 'Welcome!', required: false }),
        password: fields.text({
          name: 'Password for guests',
          description: 'Empty: everybody who reaches the server may come in.',
          masked: true,
          required: false,
          maxLength: 100,
          patterns: [{ regex: '[^\\r\\n]*', description: 'one line' }],
        }),
        people: fields.number({ name: 'People at once', integer: true, min: 1, max: 500, default: 50 }),
      },
      prefill: async (context) => ({ ...(await settingsOf(context)) }),
      async run(context, { welcome, password, people }) {
        const settings: Settings = { welcome: welcome ?? '', password: password ?? '', people };
        await context.volumes.data.writeJson(settingsFile, settings, 0o600);
        await configure(context);
        await context.effects.restart();
        return answer('The settings are kept', 'The server restarts with them.');
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'optional', reason: 'Guests need the password to come in' },
  },
  backup: ['data'],
});
