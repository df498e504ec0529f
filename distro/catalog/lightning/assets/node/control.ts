/** What the actions of the service ask the node, as JSON over HTTP on the loopback address. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import * as ldk from 'lightningdevkit';
import { hex } from './bytes.ts';
import type { LightningNode } from './node.ts';

type Told = Readonly<Record<string, unknown>>;
type Method = (node: LightningNode, told: Told) => unknown;

const text = (told: Told, name: string): string => {
  const value = told[name];
  if (typeof value !== 'string') throw new Error(`"${name}" must be a text`);
  return value;
};
const amount = (told: Told, name: string): number => {
  const value = told[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`"${name}" must be a whole number of satoshis`);
  }
  return value;
};
const optionalAmount = (told: Told, name: string) => (told[name] == null ? null : amount(told, name));

const methods: Readonly<Record<string, Method>> = {
  'GET /status': async (node) => ({
    id: node.id,
    network: node.network,
    height: node.height,
    following: node.following,
    walletSatoshis: await node.balance(),
    peers: node.connected,
    channels: node.channels().map(described),
  }),
  'GET /payments': (node) => node.payments.list(),
  'POST /addresses': async (node) => ({ address: await node.newAddress() }),
  'POST /connections': async (node, told) => ({ id: await node.connect(text(told, 'address')) }),
  'POST /channels': async (node, told) => ({
    id: await node.openChannel(text(told, 'address'), amount(told, 'satoshis')),
  }),
  'POST /closings': (node, told) => {
    node.closeChannel(text(told, 'id'), told['force'] === true);
    return {};
  },
  'POST /invoices': (node, told) => ({
    invoice: node.invoice(optionalAmount(told, 'satoshis'), text(told, 'description'), amount(told, 'expirySeconds')),
  }),
  'POST /payments': (node, told) => node.pay(text(told, 'invoice'), optionalAmount(told, 'satoshis')),
};

function described(channel: ldk.ChannelDetails) {
  const shutdown = channel.get_channel_shutdown_state();
  const closing =
    shutdown instanceof ldk.Option_ChannelShutdownStateZ_Some &&
    shutdown.some !== ldk.ChannelShutdownState.LDKChannelShutdownState_NotShuttingDown;
  return {
    id: hex(channel.get_channel_id().get_a()),
    peer: hex(channel.get_counterparty().get_node_id()),
    satoshis: Number(channel.get_channel_value_satoshis()),
    canSend: Math.floor(Number(channel.get_outbound_capacity_msat()) / 1000),
    canReceive: Math.floor(Number(channel.get_inbound_capacity_msat()) / 1000),
    state: closing
      ? 'closing'
      : channel.get_is_usable()
        ? 'usable'
        : channel.get_is_channel_ready()
          ? 'away'
          : 'opening',
  };
}

const limit = 64 * 1024;

async function bodyOf(request: IncomingMessage): Promise<Told> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > limit) throw new Error('Too long');
  }
  return body === '' ? {} : (JSON.parse(body) as Told);
}

export function serve(node: LightningNode, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (status: number, told: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    const method = methods[`${request.method ?? ''} ${request.url ?? ''}`];
    if (method === undefined) return void answer(404, { error: 'There is no such thing' });
    bodyOf(request)
      .then((told) => method(node, told))
      .then(
        (told) => answer(200, told),
        (error: unknown) => answer(400, { error: error instanceof Error ? error.message : String(error) }),
      );
  });
  return new Promise((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', () => done(server)));
}
