/** A Lightning node of Hearth's own, around the Lightning Development Kit, on a Bitcoin node that runs here. */
import { answer, type Context, defineService, fields, shown, type SecretHandle, webAnswers } from '@hearth/sdk';

const home = '/var/lib/lightning';
/** Beside the packages it imports. */
const program = '/app/service';
const port = 9735;
const controlPort = 9736;
const user = 'lightning';
const rpcUser = 'lightning';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'> & { readonly secrets: { readonly bitcoin: SecretHandle } };

interface Channel {
  readonly id: string;
  readonly peer: string;
  readonly satoshis: number;
  readonly canSend: number;
  readonly canReceive: number;
  readonly state: string;
}
interface Status {
  readonly id: string;
  readonly network: string;
  readonly height: number;
  readonly walletSatoshis: number;
  readonly peers: readonly string[];
  readonly channels: readonly Channel[];
}
interface Payment {
  readonly direction: 'in' | 'out';
  readonly satoshis: number;
  readonly feeSatoshis: number | null;
  readonly state: string;
  readonly at: string;
}

/** Asks the running node. */
async function call<T>(context: Pick<Box, 'fetch'>, method: 'GET' | 'POST', path: string, told?: object): Promise<T> {
  const response = await context.fetch(`http://127.0.0.1:${controlPort}${path}`, {
    method,
    ...(told === undefined ? {} : { body: JSON.stringify(told) }),
  });
  const answered = (await response.json()) as T & { readonly error?: string };
  if (!response.ok) throw new Error(answered.error ?? 'The node refuses');
  return answered;
}

const satoshis = (amount: number) => `${amount.toLocaleString('en')} sat`;

const nodeField = fields.text({
  name: 'Node',
  description: 'As its owner gives it to you: the long number, @, and where it is.',
  placeholder: '02ab…@example.com:9735',
  maxLength: 400,
  patterns: [{ regex: '\\s*[0-9a-f]{66}@[^@\\s]+\\s*', description: 'use <number>@<place>:<port>' }],
});

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'lightning',
    title: 'Lightning',
    version: '0.1.0:0',
    releaseNotes: 'A first node: channels, invoices, payments.',
    license: 'MIT',
    description: {
      short: 'Bitcoin payments in a second, from your own node',
      long: 'A Lightning node holds channels to other nodes and pays through them at once and for next to nothing. This one is small, keeps its money in its own wallet on your Bitcoin node, and asks nobody else.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/lightningdevkit/rust-lightning',
    marketingUrl: 'https://lightningdevkit.org',
    hardwareRequirements: { ram: 512_000_000 },
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  secrets: { bitcoin: { name: 'Password for the Bitcoin node', length: 32 } },
  dependencies: {
    'bitcoin-knots': {
      description: 'Shows the node the chain, and keeps its wallet',
      versionRange: '>=29:0',
      needs: { running: ['bitcoind'] },
      task: {
        action: 'add-program',
        severity: 'critical',
        reason: 'Lightning needs a password for your Bitcoin node',
        input: async ({ secrets }) => ({ name: rpcUser, password: await secrets.bitcoin.once() }),
      },
    },
  },
  interfaces: {
    peers: {
      name: 'Peers',
      description: 'Where other Lightning nodes reach this one',
      type: 'p2p',
      port,
      protocol: 'tcp',
    },
  },

  daemons: {
    lightning: {
      image: 'main',
      async command(context) {
        const settings = {
          folder: `${home}/node`,
          bitcoin: {
            url: 'http://bitcoin-knots.startos:8332',
            ...{ user: rpcUser, password: await context.secrets.bitcoin.once(), wallet: 'lightning' },
          },
          ...{ port, controlPort },
        };
        await context.within('main', mounts, (inside) =>
          inside.write(`${home}/settings.json`, JSON.stringify(settings), { user }),
        );
        return ['node', '--disable-warning=ExperimentalWarning', `${program}/node/main.ts`, `${home}/settings.json`];
      },
      user,
      cwd: home,
      mounts,
      assets: program,
      ready: {
        name: 'Node',
        check: webAnswers(
          controlPort,
          { success: 'The node follows the chain', failure: 'The node does not answer' },
          '/status',
        ),
        graceMs: 300_000,
      },
      stopWithinMs: 30_000,
    },
  },

  actions: {
    status: {
      name: 'Show the node',
      description: 'Its number, its money and its channels.',
      when: 'only-running',
      async run(context) {
        const { id, network, height, walletSatoshis, channels } = await call<Status>(context, 'GET', '/status');
        const sum = (pick: (channel: Channel) => number) => channels.reduce((all, channel) => all + pick(channel), 0);
        return answer('Your node', null, {
          Node: shown(id, { qr: true }),
          Network: shown(network),
          Block: shown(String(height)),
          'In the wallet': shown(satoshis(walletSatoshis)),
          'Can be sent': shown(satoshis(sum(({ canSend }) => canSend))),
          'Can be received': shown(satoshis(sum(({ canReceive }) => canReceive))),
          Channels: shown(String(channels.length)),
        });
      },
    },
    deposit: {
      name: 'Put money in',
      description: 'An address to send bitcoins to. They can fund channels once they are in the chain.',
      when: 'only-running',
      group: 'Wallet',
      async run(context) {
        const { address } = await call<{ address: string }>(context, 'POST', '/addresses', {});
        return answer('Send bitcoins here', 'A new address each time.', { Address: shown(address, { qr: true }) });
      },
    },
    'open-channel': {
      name: 'Open a channel',
      description: 'To another node. The money in it can be paid through that node from then on.',
      warning: 'The money is bound until the channel is closed, and opening and closing cost a fee of the chain.',
      when: 'only-running',
      group: 'Channels',
      input: {
        node: nodeField,
        satoshis: fields.number({ name: 'Money in it', integer: true, min: 20_000, units: 'sat' }),
      },
      async run(context, { node, satoshis: amount }) {
        await call(context, 'POST', '/channels', { address: node.trim(), satoshis: amount });
        return answer(
          'The channel is being opened',
          'It can be used once its transaction is deep enough in the chain.',
        );
      },
    },
    'list-channels': {
      name: 'Show the channels',
      description: 'Each with what can be sent and received.',
      when: 'only-running',
      group: 'Channels',
      async run(context) {
        const { channels } = await call<Status>(context, 'GET', '/status');
        if (channels.length === 0) return answer('There are no channels yet', null);
        const rows = channels.map(({ id, state, canSend, canReceive }) => [
          id,
          shown(`${state}: send ${satoshis(canSend)}, receive ${satoshis(canReceive)}`),
        ]);
        return answer('Channels', null, Object.fromEntries(rows));
      },
    },
    'close-channel': {
      name: 'Close a channel',
      description: 'Its money comes back into the wallet.',
      when: 'only-running',
      group: 'Channels',
      input: {
        channel: fields.text({ name: 'Channel', description: 'As the list of channels names it', maxLength: 64 }),
        force: fields.toggle({
          name: 'Without the other side',
          description: 'If it does not answer. It costs more and takes days.',
          default: false,
        }),
      },
      async run(context, { channel, force }) {
        await call(context, 'POST', '/closings', { id: channel.trim(), force });
        return answer('The channel is being closed', 'Its money comes back when that is in the chain.');
      },
    },
    receive: {
      name: 'Receive a payment',
      description: 'An invoice to be paid by somebody.',
      when: 'only-running',
      group: 'Payments',
      input: {
        satoshis: fields.number({
          name: 'Amount',
          description: 'Empty: the payer decides.',
          required: false,
          integer: true,
          min: 1,
          units: 'sat',
        }),
        description: fields.text({ name: 'What for', required: false, maxLength: 100 }),
      },
      async run(context, { satoshis: amount, description }) {
        const told = { satoshis: amount, description: description ?? '', expirySeconds: 86_400 };
        const { invoice } = await call<{ invoice: string }>(context, 'POST', '/invoices', told);
        return answer('Have this paid', 'It is good for a day.', { Invoice: shown(invoice, { qr: true }) });
      },
    },
    pay: {
      name: 'Pay',
      description: 'An invoice somebody gave you.',
      when: 'only-running',
      group: 'Payments',
      input: {
        invoice: fields.textarea({ name: 'Invoice', maxLength: 4000 }),
        satoshis: fields.number({
          name: 'Amount',
          description: 'Only where the invoice names none.',
          required: false,
          integer: true,
          min: 1,
          units: 'sat',
        }),
      },
      async run(context, { invoice, satoshis: amount }) {
        const told = { invoice, satoshis: amount };
        const payment = await call<Payment>(context, 'POST', '/payments', told);
        const values = {
          Amount: shown(satoshis(payment.satoshis)),
          Fee: shown(payment.feeSatoshis === null ? '?' : satoshis(payment.feeSatoshis)),
        };
        if (payment.state === 'failed') throw new Error('No way to the payee was found; nothing was paid');
        return payment.state === 'done'
          ? answer('Paid', null, values)
          : answer('The payment is under way', 'The list of payments shows how it ends.', values);
      },
    },
    'list-payments': {
      name: 'Show the payments',
      description: 'The last ones, newest first.',
      when: 'only-running',
      group: 'Payments',
      async run(context) {
        const payments = (await call<readonly Payment[]>(context, 'GET', '/payments')).slice(0, 50);
        if (payments.length === 0) return answer('There are no payments yet', null);
        const rows = payments.map(({ at, direction, satoshis: amount, state }) => [
          at,
          shown(`${direction === 'in' ? '+' : '−'}${satoshis(amount)}${state === 'done' ? '' : `, ${state}`}`),
        ]);
        return answer('Payments', null, Object.fromEntries(rows));
      },
    },
  },
  backup: ['data'],
});
