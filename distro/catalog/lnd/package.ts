/** LND, from its makers' image, on a Bitcoin node that runs here. */
import { answer, type Context, defineService, shown, type SecretHandle } from '@hearth/sdk';
import type { Check } from '@hearth/sdk';

const home = '/root/.lnd';
const peerPort = 9735;
const restPort = 8080;
const rpcUser = 'lnd';
const mounts = { data: home };

type Box = Pick<Context<'data', 'main'>, 'fetch'> & { readonly secrets: { readonly wallet: SecretHandle } };

const configuration = (password: string) => `[Application Options]
alias=hearth
listen=0.0.0.0:${peerPort}
rpclisten=127.0.0.1:10009
restlisten=0.0.0.0:${restPort}
# Hearth's proxy ends TLS in front of it.
no-rest-tls=true
wallet-unlock-password-file=${home}/wallet-password
wallet-unlock-allow-create=true
[Bitcoin]
bitcoin.mainnet=true
bitcoin.node=bitcoind
[Bitcoind]
bitcoind.rpchost=bitcoin-knots.startos:8332
bitcoind.rpcuser=${rpcUser}
bitcoind.rpcpass=${password}
bitcoind.rpcpolling=true
`;

const base64 = (text: string) => btoa(text);

async function ask<T>({ fetch }: Pick<Box, 'fetch'>, path: string, told?: object): Promise<T> {
  const method = told === undefined ? 'GET' : 'POST';
  const body = told === undefined ? {} : { body: JSON.stringify(told) };
  const response = await fetch(`http://127.0.0.1:${restPort}${path}`, { method, ...body });
  const answered = (await response.json()) as T & { readonly message?: string };
  if (!response.ok) throw new Error(answered.message ?? 'LND refuses');
  return answered;
}

interface State {
  readonly state: string;
}

const following: Check = async () => {
  try {
    const response = await fetch(`http://127.0.0.1:${restPort}/v1/state`);
    const { state } = (await response.json()) as State;
    if (state === 'SERVER_ACTIVE') return { result: 'success', message: 'The node follows the chain' };
    if (state === 'NON_EXISTING') return { result: 'waiting', message: 'Make its wallet first' };
    return { result: 'loading', message: 'The node is waking up' };
  } catch {
    return { result: 'failure', message: 'The node does not answer' };
  }
};

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'lnd',
    title: 'LND',
    version: '0.19.3:0',
    releaseNotes: 'LND 0.19.3.',
    license: 'MIT',
    description: {
      short: 'A Lightning node that many wallets and services know',
      long: 'LND is a whole Lightning node with its own wallet. Wallets on phones and services like shops speak its interface.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/lightningnetwork/lnd',
    marketingUrl: 'https://lightning.engineering',
    hardwareRequirements: { ram: 1_000_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  secrets: {
    bitcoin: { name: 'Password for the Bitcoin node', length: 32 },
    wallet: { name: 'Password of the wallet', length: 32, show: 'Opens the wallet of the node. It is done by itself.' },
  },
  dependencies: {
    'bitcoin-knots': {
      description: 'Shows the node the chain',
      versionRange: '>=29:0',
      needs: { running: ['bitcoind'] },
      task: {
        action: 'add-program',
        severity: 'critical',
        reason: 'LND needs a password for your Bitcoin node',
        input: async ({ secrets }) => ({ name: rpcUser, password: await secrets.bitcoin.once() }),
      },
    },
  },
  interfaces: {
    peers: {
      name: 'Peers',
      description: 'Where other Lightning nodes reach this one',
      type: 'p2p',
      port: peerPort,
      protocol: 'tcp',
    },
    rest: {
      name: 'REST',
      description: 'For wallets and services',
      type: 'api',
      port: restPort,
      protocol: 'http',
    },
  },

  daemons: {
    lnd: {
      image: 'main',
      async command({ secrets, volumes }) {
        await volumes.data.write('wallet-password', await secrets.wallet.once(), 0o600);
        await volumes.data.write('lnd.conf', configuration(await secrets.bitcoin.const()), 0o600);
        return ['lnd', `--lnddir=${home}`];
      },
      mounts,
      ready: { name: 'Node', check: following, graceMs: 600_000 },
      stopWithinMs: 120_000,
    },
  },

  actions: {
    'create-wallet': {
      name: 'Make the wallet',
      description: 'Makes a new wallet and shows the words that bring it back.',
      warning: 'Write the words down on paper. They are shown this once, and whoever has them has the money.',
      when: 'only-running',
      async run(context) {
        const { state } = await ask<State>(context, '/v1/state');
        if (state !== 'NON_EXISTING') throw new Error('There is a wallet already');
        const { cipher_seed_mnemonic: words } = await ask<{ cipher_seed_mnemonic: string[] }>(context, '/v1/genseed');
        const password = base64(await context.secrets.wallet.once());
        await ask(context, '/v1/initwallet', { wallet_password: password, cipher_seed_mnemonic: words });
        return answer('Write these words down', 'In this order, on paper.', { Words: shown(words.join(' ')) });
      },
    },
    'get-macaroon': {
      name: 'Show what wallets need',
      description: 'The key with which a wallet may do everything at this node.',
      when: 'only-running',
      async run(context) {
        const path = `${home}/data/chain/bitcoin/mainnet/admin.macaroon`;
        const key = await context.run('main', mounts, ['od', '-An', '-v', '-tx1', path]);
        return answer('The key', null, { Macaroon: shown(key.replaceAll(/\s/g, ''), { masked: true, qr: true }) });
      },
    },
  },
  askAtInstall: {
    'create-wallet': { severity: 'important', reason: 'The node waits for its wallet' },
  },
  // The state of channels is never brought back: an older one would cost all the money in them. This file asks the
  // other sides to close.
  backup: [{ volume: 'data', exclude: ['data/graph', 'logs', '*/channel.db', '*.log'] }],
});
