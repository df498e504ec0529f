/** A Lightning node: channels to others, and payments through them. */
import * as ldk from 'lightningdevkit';
import { Bitcoin, type BitcoinAccess } from './bitcoin.ts';
import { bytes, hex } from './bytes.ts';
import { Chain } from './chain.ts';
import { Fees } from './fees.ts';
import { fundChannel } from './funding.ts';
import { broadcastBy, listener, makeParts, type Parts } from './parts.ts';
import { type Payment, Payments } from './payments.ts';
import { Peers } from './peers.ts';
import { Store } from './store.ts';

export interface NodeConfig {
  readonly folder: string;
  readonly bitcoin: BitcoinAccess;
  /** For other nodes. */
  readonly port: number;
}

const pollMs = 2000;
const reconnectMs = 20_000;
const keepGraphMs = 600_000;

const networks: Readonly<Record<string, readonly [ldk.Network, ldk.Currency]>> = {
  main: [ldk.Network.LDKNetwork_Bitcoin, ldk.Currency.LDKCurrency_Bitcoin],
  test: [ldk.Network.LDKNetwork_Testnet, ldk.Currency.LDKCurrency_BitcoinTestnet],
  regtest: [ldk.Network.LDKNetwork_Regtest, ldk.Currency.LDKCurrency_Regtest],
};

export class LightningNode {
  readonly payments: Payments;
  readonly network: string;
  private readonly parts: Parts;
  private readonly peers: Peers;
  private readonly chain: Chain;
  private readonly bitcoin: Bitcoin;
  private readonly fees: Fees;
  private readonly store: Store;
  private readonly script: () => Promise<void>;
  private readonly timers: NodeJS.Timeout[] = [];
  private busy = false;
  /** The last look at the chain went well. */
  following = true;

  private constructor(inside: {
    readonly parts: Parts;
    readonly chain: Chain;
    readonly bitcoin: Bitcoin;
    readonly fees: Fees;
    readonly store: Store;
    readonly network: string;
    readonly script: () => Promise<void>;
  }) {
    ({ parts: this.parts, chain: this.chain, bitcoin: this.bitcoin, fees: this.fees, store: this.store } = inside);
    this.network = inside.network;
    this.script = inside.script;
    this.peers = new Peers(this.parts.peers, () => this.work());
    this.payments = new Payments(this.parts.manager, this.store);
  }

  static async start({ folder, bitcoin: access, port }: NodeConfig): Promise<LightningNode> {
    const bitcoin = new Bitcoin(access);
    const store = new Store(folder);
    const {
      chain: network,
      bestblockhash,
      blocks,
    } = await bitcoin.call<{
      readonly chain: string;
      readonly bestblockhash: string;
      readonly blocks: number;
    }>('getblockchaininfo');
    const known = networks[network];
    if (known === undefined) throw new Error(`There is no Lightning on the network ${network}`);
    await bitcoin.openWallet();
    const fees = new Fees(bitcoin);
    await fees.refresh();
    let change = await changeScript(bitcoin);
    const parts = makeParts({
      network: known[0],
      ...{ store, fees, best: { hash: bestblockhash, height: blocks } },
      broadcast: (transaction) => void broadcastBy(bitcoin, transaction),
      change: () => change,
    });
    const chain = new Chain(bitcoin);
    const { channels, manager, sweeper } = parts.followers;
    chain.followers = [...channels, manager, sweeper];
    await chain.catchUp();
    parts.begin();
    const together = listener(parts.monitor.as_Listen(), parts.manager.current_best_block());
    chain.followers = [together, manager, sweeper];
    const script = async () => {
      change = await changeScript(bitcoin);
    };
    const node = new LightningNode({ parts, chain, bitcoin, fees, store, network, script });
    await node.peers.listen(port);
    node.work();
    node.every(pollMs, () => node.follow());
    node.every(reconnectMs, () => node.reconnect());
    node.every(60_000, async () => {
      await node.fees.refresh();
      parts.manager.timer_tick_occurred();
      parts.monitor.rebroadcast_pending_claims();
    });
    node.every(10_000, async () => parts.peers.timer_tick_occurred());
    node.every(keepGraphMs, async () => store.write('graph', parts.graph.write()));
    void node.reconnect();
    return node;
  }

  get id(): string {
    return hex(this.parts.manager.get_our_node_id());
  }

  get height(): number {
    return this.chain.height;
  }

  get connected(): string[] {
    return this.peers.connected();
  }

  channels(): ldk.ChannelDetails[] {
    return this.parts.manager.list_channels();
  }

  async balance(): Promise<number> {
    const { mine } = await this.bitcoin.wallet<{ mine: { trusted: number } }>('getbalances');
    return Math.round(mine.trusted * 100_000_000);
  }

  newAddress(): Promise<string> {
    return this.bitcoin.wallet<string>('getnewaddress', '', 'bech32');
  }

  /** `address` is `<node>@<host>:<port>`. */
  async connect(address: string): Promise<string> {
    const found = /^([0-9a-f]{66})@([^@]+?)(?::(\d{1,5}))?$/.exec(address.trim());
    if (found === null) throw new Error('An address of a node looks like 02ab…@example.com:9735');
    const [, nodeId = '', host = '', port = '9735'] = found;
    await this.peers.connect(nodeId, host, Number(port));
    this.remember(nodeId, `${host}:${port}`);
    return nodeId;
  }

  /** Resolves with the channel's temporary id: it counts once its funding is in the chain. */
  async openChannel(address: string, satoshis: number): Promise<string> {
    if ((await this.balance()) < satoshis) throw new Error('There is not enough money in the wallet');
    const nodeId = await this.connect(address);
    const made = this.parts.manager.create_channel(bytes(nodeId), BigInt(satoshis), 0n, 1n, null, null);
    this.work();
    if (made instanceof ldk.Result_ChannelIdAPIErrorZ_OK) return hex(made.res.get_a());
    throw new Error(`The channel cannot be opened: ${reasonOf(made)}`);
  }

  closeChannel(id: string, force: boolean): void {
    const found = this.channels().find((channel) => hex(channel.get_channel_id().get_a()) === id);
    if (found === undefined) throw new Error('There is no such channel');
    const [channel, peer] = [found.get_channel_id(), found.get_counterparty().get_node_id()];
    const { manager } = this.parts;
    const done = force
      ? manager.force_close_broadcasting_latest_txn(channel, peer, 'The owner closed the channel')
      : manager.close_channel(channel, peer);
    this.work();
    if (!done.is_ok()) throw new Error(`The channel cannot be closed: ${reasonOf(done)}`);
  }

  invoice(satoshis: number | null, description: string, expirySeconds: number): string {
    return this.payments.invoice(satoshis, description, expirySeconds);
  }

  async pay(invoice: string, satoshis: number | null): Promise<Payment> {
    const paying = this.payments.pay(invoice, satoshis);
    this.work();
    return paying;
  }

  /** Ends in order: what is written then is what the next start reads. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.peers.close();
    this.work();
    this.store.write('graph', this.parts.graph.write());
    this.store.write('manager', this.parts.manager.write());
  }

  /** Whatever waits to be sent, handled, written. */
  private work(): void {
    if (this.busy) return;
    this.busy = true;
    try {
      const { manager, monitor, peers } = this.parts;
      const handler = ldk.EventHandler.new_impl({ handle_event: (event) => this.handle(event) });
      manager.as_EventsProvider().process_pending_events(handler);
      monitor.as_EventsProvider().process_pending_events(handler);
      if (manager.get_and_clear_needs_persistence()) this.store.write('manager', manager.write());
      peers.process_events();
    } finally {
      this.busy = false;
    }
  }

  private handle(event: ldk.Event): ldk.Result_NoneReplayEventZ {
    const { manager, sweeper } = this.parts;
    if (event instanceof ldk.Event_FundingGenerationReady) {
      fundChannel(this.bitcoin, manager, this.fees.perByte(), event).then(
        () => this.work(),
        (error: unknown) => console.error('A channel cannot be funded:', error),
      );
    } else if (event instanceof ldk.Event_SpendableOutputs) {
      const now = ldk.Option_u32Z.constructor_none();
      if (!sweeper.track_spendable_outputs(event.outputs, event.channel_id, false, now).is_ok()) {
        return ldk.Result_NoneReplayEventZ.constructor_err(ldk.ReplayEvent.constructor_new());
      }
      void this.script().catch(() => undefined);
    } else if (event instanceof ldk.Event_PendingHTLCsForwardable) {
      setTimeout(() => {
        manager.process_pending_htlc_forwards();
        this.work();
      }, Number(event.time_forwardable));
    } else if (event instanceof ldk.Event_ChannelClosed) {
      console.error(`A channel is closed: ${event.reason.constructor.name.replace('ClosureReason_', '')}`);
    } else this.payments.hear(event);
    return ldk.Result_NoneReplayEventZ.constructor_ok();
  }

  private async follow(): Promise<void> {
    await this.chain.catchUp();
    this.work();
  }

  private every(ms: number, work: () => Promise<void>): void {
    let running = false;
    this.timers.push(
      setInterval(() => {
        if (running) return;
        running = true;
        work()
          .then(() => (this.following = true))
          .catch((error: unknown) => {
            if (this.following) console.error('The node cannot go on as it should:', error);
            this.following = false;
          })
          .finally(() => {
            running = false;
          });
      }, ms),
    );
  }

  private known(): Record<string, string> {
    const kept = this.store.read('peers');
    return kept === null ? {} : (JSON.parse(Buffer.from(kept).toString()) as Record<string, string>);
  }

  private remember(nodeId: string, place: string): void {
    const known = this.known();
    if (known[nodeId] !== place) this.store.write('peers', Buffer.from(JSON.stringify({ ...known, [nodeId]: place })));
  }

  /** Channels work only while both sides are connected. */
  private async reconnect(): Promise<void> {
    const known = this.known();
    const wanted = new Set(this.channels().map((channel) => hex(channel.get_counterparty().get_node_id())));
    for (const [nodeId, place] of Object.entries(known)) {
      const at = place.lastIndexOf(':');
      if (!wanted.has(nodeId)) continue;
      await this.peers.connect(nodeId, place.slice(0, at), Number(place.slice(at + 1))).catch(() => undefined);
    }
  }
}

async function changeScript(bitcoin: Bitcoin): Promise<Uint8Array> {
  const address = await bitcoin.wallet<string>('getrawchangeaddress', 'bech32');
  const { scriptPubKey } = await bitcoin.wallet<{ scriptPubKey: string }>('getaddressinfo', address);
  return bytes(scriptPubKey);
}

export function reasonOf(failed: object): string {
  const { err } = failed as { err?: { err?: string; constructor: { name: string } } };
  return err?.err ?? err?.constructor.name.replace(/^.*_/, '') ?? 'unknown';
}
