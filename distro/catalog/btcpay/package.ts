/** BTCPay Server with its explorer, from their makers' images, with PostgreSQL and a Bitcoin node as dependencies. */
import { defineService, fromImage, webAnswers } from '@hearth/sdk';

const port = 49_392;
const explorerPort = 32_838;
const rpcUser = 'btcpay';
const database = 'btcpay';
const explorerMounts = { explorer: '/datadir' };

const connection = (password: string) =>
  `User ID=${database};Password=${password};Host=postgresql.startos;Port=5432;Database=${database}`;

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'btcpay',
    title: 'BTCPay Server',
    version: '2.2.1:0',
    releaseNotes: 'BTCPay Server 2.2.1 with NBXplorer 2.5.30.',
    license: 'MIT',
    description: {
      short: 'Take bitcoins in your shop, without anybody between',
      long: 'BTCPay Server makes invoices that are paid in bitcoins straight into your own wallet, for web shops, at the counter, or as donations. It relies on your own Bitcoin node.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/btcpayserver/btcpayserver',
    marketingUrl: 'https://btcpayserver.org',
    donationUrl: 'https://foundation.btcpayserver.org',
    hardwareRequirements: { ram: 2_000_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] }, explorer: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data', 'plugins', 'explorer'],
  secrets: {
    bitcoin: { name: 'Password for the Bitcoin node', length: 32 },
    database: { name: 'Password of the database', length: 32 },
  },
  dependencies: {
    postgresql: {
      description: 'Keeps shops, invoices and payments',
      versionRange: '>=15:0',
      needs: { running: ['postgresql'] },
      task: {
        action: 'create-database',
        severity: 'critical',
        reason: 'BTCPay Server needs a database of its own',
        input: async ({ secrets }) => ({ name: database, password: await secrets.database.once() }),
      },
    },
    'bitcoin-knots': {
      description: 'Sees the payments',
      versionRange: '>=29:0',
      needs: { running: ['bitcoind'] },
      task: {
        action: 'add-program',
        severity: 'critical',
        reason: 'BTCPay Server needs a password for your Bitcoin node',
        input: async ({ secrets }) => ({ name: rpcUser, password: await secrets.bitcoin.once() }),
      },
    },
  },
  interfaces: {
    ui: { name: 'Shop', description: 'Shops, invoices and wallets', type: 'ui', port, protocol: 'http' },
  },

  daemons: {
    explorer: {
      image: 'explorer',
      command: fromImage(),
      env: async ({ secrets }) => ({
        ...{ NBXPLORER_NETWORK: 'mainnet', NBXPLORER_CHAINS: 'btc', NBXPLORER_NOAUTH: '1' },
        ...{ NBXPLORER_BIND: `127.0.0.1:${explorerPort}`, NBXPLORER_DATADIR: '/datadir' },
        NBXPLORER_BTCRPCURL: 'http://bitcoin-knots.startos:8332/',
        ...{ NBXPLORER_BTCRPCUSER: rpcUser, NBXPLORER_BTCRPCPASSWORD: await secrets.bitcoin.const() },
        NBXPLORER_BTCNODEENDPOINT: 'bitcoin-knots.startos:8333',
        NBXPLORER_POSTGRES: connection(await secrets.database.const()),
      }),
      mounts: explorerMounts,
      ready: {
        name: 'Explorer',
        check: webAnswers(
          explorerPort,
          { success: 'It sees the chain', failure: 'It does not see the chain' },
          '/v1/cryptos/btc/status',
        ),
        graceMs: 300_000,
      },
    },
    server: {
      image: 'main',
      command: fromImage(),
      env: async ({ secrets }) => ({
        ...{ BTCPAY_NETWORK: 'mainnet', BTCPAY_CHAINS: 'btc', BTCPAY_BIND: `0.0.0.0:${port}` },
        ...{ BTCPAY_DATADIR: '/datadir', BTCPAY_PLUGINDIR: '/plugins', BTCPAY_ROOTPATH: '/' },
        BTCPAY_BTCEXPLORERURL: `http://127.0.0.1:${explorerPort}/`,
        BTCPAY_POSTGRES: connection(await secrets.database.const()),
        BTCPAY_DOCKERDEPLOYMENT: 'false',
      }),
      mounts: { data: '/datadir', plugins: '/plugins' },
      requires: ['explorer'],
      ready: {
        name: 'Shop',
        check: webAnswers(port, { success: 'The shop is open', failure: 'The shop does not answer' }, '/api/v1/health'),
        graceMs: 180_000,
      },
    },
  },
  backup: ['data', 'plugins'],
});
