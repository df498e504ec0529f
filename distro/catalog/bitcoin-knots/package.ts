/** Bitcoin Knots, from Debian sid: a full node that checks every block itself. */
import { answer, type Context, defineService, fields, portListens, shown } from '@hearth/sdk';
import type { Check } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/bitcoin';
const rpcPort = 8332;
const peerPort = 8333;
const owner = 'owner';
const user = 'bitcoin';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

interface Settings {
  readonly network: 'main' | 'test' | 'regtest';
  /** Megabytes of blocks that are kept; null: all of them. */
  readonly pruneMegabytes: number | null;
  /** An index of all transactions; only with all blocks. */
  readonly index: boolean;
}
const usual: Settings = { network: 'main', pruneMegabytes: null, index: false };
const settingsFile = 'settings.json';

async function settingsOf({ volumes }: Box): Promise<Settings> {
  return { ...usual, ...((await volumes.data.readJson(settingsFile)) as Partial<Settings> | null) };
}

/** Ports and addresses are the same on every network, so that dependants need not know which it is. */
function configuration({ network, pruneMegabytes, index }: Settings, rpcauth: readonly string[]): string {
  return `chain=${network}
server=1
printtoconsole=1
nodebuglogfile=1
${rpcauth.map((line) => `rpcauth=${line}`).join('\n')}
prune=${pruneMegabytes ?? 0}
txindex=${index ? 1 : 0}
dbcache=450
disablewallet=0
# Inside a container there is no router to be asked.
natpmp=0
upnp=0
[${network}]
bind=0.0.0.0:${peerPort}
rpcbind=0.0.0.0:${rpcPort}
rpcallowip=0.0.0.0/0
`;
}

/** `user:salt$hmac`, as bitcoind takes it: the password itself is in none of its files. */
async function rpcauthOf(context: Box, { user: name, password }: { user: string; password: string }) {
  const salt = context.password(32);
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(salt), hmac, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(password)));
  return `${name}:${salt}$${[...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
const hmac = { name: 'HMAC', hash: 'SHA-256' };

/** Lines of other programs, by their names. */
const programsFile = 'programs.json';

async function programsOf({ volumes }: Box): Promise<Readonly<Record<string, string>>> {
  return ((await volumes.data.readJson(programsFile)) as Record<string, string> | null) ?? {};
}

/** One call to the running node. */
async function call(context: Box, method: string, params: readonly unknown[] = []): Promise<any> {
  const { user: name, password } = await credentialsOf(context);
  const response = await context.fetch(`http://127.0.0.1:${rpcPort}/`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${name}:${password}`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, method, params }),
  });
  const told = (await response.json()) as { result: unknown; error: { message: string } | null };
  if (told.error !== null) throw new Error(told.error.message);
  return told.result;
}

/** Knows nothing of the password: reads the cookie that bitcoind keeps for programs of its own user. */
const cli = ['bitcoin-cli', `-conf=${home}/bitcoin.conf`, `-datadir=${home}`, `-rpcport=${rpcPort}`];

const synced: Check = async ({ subcontainer }) => {
  if (subcontainer === null) return { result: 'waiting', message: null };
  const { code, stdout } = await subcontainer.execute([...cli, 'getblockchaininfo'], { user });
  if (code !== 0) return { result: 'starting', message: 'The node is loading its blocks' };
  const { blocks, headers, verificationprogress: done, initialblockdownload, chain } = JSON.parse(stdout);
  if (chain === 'regtest' || !initialblockdownload) return { result: 'success', message: `At block ${blocks}` };
  const percent = (done * 100).toFixed(2);
  return { result: 'loading', message: `Checking the chain: ${percent} %, block ${blocks} of ${headers}` };
};

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'bitcoin-knots',
    title: 'Bitcoin Knots',
    version: '29.4.3:0',
    releaseNotes: 'Bitcoin Knots 29, from Debian unstable.',
    license: 'MIT',
    description: {
      short: 'A full Bitcoin node that takes nobody’s word',
      long: 'Bitcoin Knots fetches and checks every block and every transaction by itself, so that wallets and other services of yours need to trust nobody else. It can keep the whole chain or only its end.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/bitcoinknots/bitcoin',
    marketingUrl: 'https://bitcoinknots.org',
    hardwareRequirements: { ram: 2_000_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    rpc: {
      name: 'RPC',
      description: 'For wallets and programs that ask the node',
      type: 'api',
      port: rpcPort,
      protocol: 'http',
    },
    peers: {
      name: 'Peers',
      description: 'Where other nodes reach this one',
      type: 'p2p',
      port: peerPort,
      protocol: 'tcp',
    },
  },

  async install(context) {
    await keepCredentials(context, { user: owner, password: context.password(32) });
    await context.volumes.data.writeJson(settingsFile, usual);
  },
  daemons: {
    bitcoind: {
      image: 'main',
      async command(context) {
        const own = await rpcauthOf(context, await credentialsOf(context));
        const others = Object.values(await programsOf(context));
        const text = configuration(await settingsOf(context), [own, ...others]);
        await context.within('main', mounts, (inside) => inside.write(`${home}/bitcoin.conf`, text, { user }));
        return ['bitcoind', `-conf=${home}/bitcoin.conf`, `-datadir=${home}`];
      },
      user,
      cwd: home,
      env: { HOME: home },
      mounts,
      ready: { name: 'Chain', check: synced, graceMs: 600_000 },
      // It writes its cache to disk, which is much.
      stopWithinMs: 600_000,
    },
  },
  checks: {
    peers: {
      name: 'Peers',
      check: portListens(peerPort, { success: 'Other nodes can connect', failure: 'No other node can connect' }),
      graceMs: 120_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show RPC user and password',
      description: 'What wallets and programs need to ask the node.',
      async run(context) {
        return showCredentials('Ask the node', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new RPC password',
      description: 'Replaces the password with a new one, and restarts the node.',
      warning: 'Wallets that have the old password are locked out.',
      async run(context) {
        const credentials = { user: owner, password: context.password(32) };
        await keepCredentials(context, credentials);
        await context.effects.restart();
        return showCredentials('The new password', 'It works as soon as the node has restarted.', credentials);
      },
    },
    'add-program': {
      name: 'Let a program ask the node',
      description: 'A user and password of its own for a program or service. One that is there gets the new password.',
      warning: 'The node restarts.',
      access: 'dependent',
      group: 'Programs',
      input: {
        name: fields.text({
          name: 'Name',
          maxLength: 40,
          patterns: [{ regex: '[a-z][a-z0-9-]*', description: 'use small letters, digits and hyphens' }],
        }),
        password: fields.text({
          name: 'Password',
          masked: true,
          minLength: 16,
          maxLength: 200,
          patterns: [{ regex: '[A-Za-z0-9]*', description: 'use letters and digits' }],
          generate: { charset: 'a-z,A-Z,0-9', len: 32 },
          default: { charset: 'a-z,A-Z,0-9', len: 32 },
        }),
      },
      async run(context, { name, password }) {
        if (name === owner) throw new Error('This name is your own');
        const line = await rpcauthOf(context, { user: name, password });
        await context.volumes.data.writeJson(programsFile, { ...(await programsOf(context)), [name]: line }, 0o600);
        await context.effects.restart();
        const login = { User: shown(name), Password: shown(password, { masked: true }) };
        return answer('The program may ask the node', 'As soon as the node has restarted.', login);
      },
    },
    'remove-program': {
      name: 'Let a program ask no more',
      description: 'Its password stops working.',
      warning: 'The node restarts.',
      group: 'Programs',
      input: { name: fields.text({ name: 'Name', maxLength: 40 }) },
      async run(context, { name }) {
        const { [name]: gone, ...others } = await programsOf(context);
        if (gone === undefined) throw new Error(`There is no program of the name ${name}`);
        await context.volumes.data.writeJson(programsFile, others, 0o600);
        await context.effects.restart();
        return answer(`${name} can no longer ask the node`, null);
      },
    },
    configure: {
      name: 'Settings',
      description: 'Which chain, and how much of it is kept. The node restarts.',
      warning: 'From pruned back to whole, the chain is fetched anew.',
      input: {
        network: fields.select({
          name: 'Network',
          values: { main: 'Bitcoin', test: 'Test network', regtest: 'A chain of your own, for trying things out' },
          default: 'main',
        }),
        pruneMegabytes: fields.number({
          name: 'Keep only the last',
          description: 'Empty: the whole chain, over 700 GB.',
          required: false,
          integer: true,
          min: 550,
          units: 'MB',
        }),
        index: fields.toggle({
          name: 'Index of all transactions',
          description: 'Some services need it. Only with the whole chain.',
          default: false,
        }),
      },
      prefill: async (context) => ({ ...(await settingsOf(context)) }),
      async run(context, settings) {
        if (settings.index && settings.pruneMegabytes !== null)
          throw new Error('An index of all transactions needs the whole chain');
        await context.volumes.data.writeJson(settingsFile, settings);
        await context.effects.restart();
        return answer('The settings are kept', 'The node restarts with them.');
      },
    },
    status: {
      name: 'Show the state of the node',
      description: 'How far it is, and with whom it talks.',
      when: 'only-running',
      async run(context) {
        const chain = await call(context, 'getblockchaininfo');
        const network = await call(context, 'getnetworkinfo');
        return answer('Your node', null, {
          Chain: shown(chain.chain),
          Blocks: shown(String(chain.blocks)),
          'Size on disk': shown(`${Math.round(chain.size_on_disk / 1e6)} MB`),
          Pruned: shown(chain.pruned ? 'yes' : 'no'),
          Peers: shown(String(network.connections)),
          Version: shown(network.subversion),
        });
      },
    },
  },
  // The chain is everybody's: it is fetched again. Wallets and settings are not.
  backup: [
    {
      volume: 'data',
      exclude: ['blocks', 'chainstate', 'indexes', 'mempool.dat', ...['testnet3', 'regtest'].flatMap(chainFolders)],
    },
  ],
});

function chainFolders(network: string): string[] {
  return ['blocks', 'chainstate', 'indexes', 'mempool.dat'].map((name) => `${network}/${name}`);
}
