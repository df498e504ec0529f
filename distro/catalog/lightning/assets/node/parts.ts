/** The parts of the library, put together: from what was kept, or new. */
import * as ldk from 'lightningdevkit';
import { type Bitcoin, RpcError } from './bitcoin.ts';
import { backwards, hex, shownHash } from './bytes.ts';
import type { Block, Follower } from './chain.ts';
import type { Fees } from './fees.ts';
import type { Store } from './store.ts';

export interface Parts {
  readonly keys: ldk.KeysManager;
  readonly manager: ldk.ChannelManager;
  readonly monitor: ldk.ChainMonitor;
  readonly peers: ldk.PeerManager;
  readonly graph: ldk.NetworkGraph;
  readonly sweeper: ldk.OutputSweeper;
  /** Who must hear of blocks before the node may begin. */
  readonly followers: Followers;
  /** Once the followers stand at the best block: monitors go to work. */
  begin(): void;
}

/** Each stands at the block it heard of last. */
export interface Followers {
  /** The channels that were kept, one by one. Once begun they hear of blocks together. */
  readonly channels: readonly Follower[];
  readonly manager: Follower;
  readonly sweeper: Follower;
}

export interface Surroundings {
  readonly network: ldk.Network;
  readonly store: Store;
  readonly fees: Fees;
  readonly broadcast: (transaction: Uint8Array) => void;
  /** Where money from closed channels goes. */
  readonly change: () => Uint8Array;
  readonly best: { readonly hash: string; readonly height: number };
}

interface Ok<T> {
  readonly res: T;
}

function must<T>(result: { is_ok(): boolean }, what: string): T {
  if (!result.is_ok()) throw new Error(`${what} cannot be read`);
  return (result as unknown as Ok<T>).res;
}

/** Faults alone: what the library says besides is for its developers. */
function makeLogger(): ldk.Logger {
  const told = new Set([ldk.Level.LDKLevel_Error, ldk.Level.LDKLevel_Warn]);
  return ldk.Logger.new_impl({
    log: (record) => {
      if (told.has(record.get_level())) console.error(record.get_args());
    },
  });
}

export function makeParts({ network, store, fees, broadcast, change, best }: Surroundings): Parts {
  const logger = makeLogger();
  const seed = store.seed();
  const keys = ldk.KeysManager.constructor_new(seed, BigInt(Math.floor(Date.now() / 1000)), 0);
  const [entropy, signer, provider] = [keys.as_EntropySource(), keys.as_NodeSigner(), keys.as_SignerProvider()];
  const broadcaster = ldk.BroadcasterInterface.new_impl({
    broadcast_transactions: (transactions) => transactions.forEach(broadcast),
  });
  const { estimator } = fees;
  const noFilter = () => ldk.Option_FilterZ.constructor_none();
  const monitor = ldk.ChainMonitor.constructor_new(noFilter(), broadcaster, logger, estimator, store.persister());

  const keptGraph = store.read('graph');
  const graph =
    keptGraph === null
      ? ldk.NetworkGraph.constructor_new(network, logger)
      : must<ldk.NetworkGraph>(ldk.NetworkGraph.constructor_read(keptGraph, logger), 'The map of the network');
  const decay = ldk.ProbabilisticScoringDecayParameters.constructor_default();
  const scorer = ldk.ProbabilisticScorer.constructor_new(decay, graph, logger);
  const lockable = ldk.MultiThreadedLockableScore.constructor_new(scorer.as_Score()).as_LockableScore();
  const scoring = ldk.ProbabilisticScoringFeeParameters.constructor_default();
  const router = ldk.DefaultRouter.constructor_new(graph, logger, entropy, lockable, scoring).as_Router();
  const messages = ldk.DefaultMessageRouter.constructor_new(graph, entropy).as_MessageRouter();

  const monitors = store
    .monitors()
    .map((content) =>
      must<ldk.TwoTuple_ThirtyTwoBytesChannelMonitorZ>(
        ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelMonitorZ_read(content, entropy, provider),
        'The state of a channel',
      ).get_b(),
    );
  const kept = store.read('manager');
  const config = ldk.UserConfig.constructor_default();
  const manager =
    kept === null
      ? ldk.ChannelManager.constructor_new(
          ...([estimator, monitor.as_Watch(), broadcaster, router, messages, logger] as const),
          ...([entropy, signer, provider, config] as const),
          ldk.ChainParameters.constructor_new(
            network,
            ldk.BestBlock.constructor_new(backwards(best.hash), best.height),
          ),
          Math.floor(Date.now() / 1000),
        )
      : must<ldk.TwoTuple_ThirtyTwoBytesChannelManagerZ>(
          ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelManagerZ_read(
            ...([kept, entropy, signer, provider, estimator, monitor.as_Watch(), broadcaster] as const),
            ...([router, messages, logger, config, monitors] as const),
          ),
          'The state of the node',
        ).get_b();

  const keyValues = store.keyValues();
  const destination = ldk.ChangeDestinationSource.new_impl({
    get_change_destination_script: () => ldk.Result_CVec_u8ZNoneZ.constructor_ok(change()),
  });
  const spender = keys.as_OutputSpender();
  const sweeping = [broadcaster, estimator, noFilter(), spender, destination, keyValues, logger] as const;
  const keptSweeper = keyValues.read('', '', 'output_sweeper');
  const sweeper = keptSweeper.is_ok()
    ? must<ldk.OutputSweeper>(
        ldk.OutputSweeper.constructor_read(must(keptSweeper, 'What is to be swept'), ...sweeping),
        'What is to be swept',
      )
    : ldk.OutputSweeper.constructor_new(manager.current_best_block(), ...sweeping);

  const gossip = ldk.P2PGossipSync.constructor_new(graph, ldk.Option_UtxoLookupZ.constructor_none(), logger);
  const ignore = ldk.IgnoringMessageHandler.constructor_new();
  const peers = ldk.PeerManager.constructor_new(
    manager.as_ChannelMessageHandler(),
    gossip.as_RoutingMessageHandler(),
    ignore.as_OnionMessageHandler(),
    ignore.as_CustomMessageHandler(),
    Math.floor(Date.now() / 1000),
    entropy.get_secure_random_bytes(),
    logger,
    signer,
  );

  const channels = monitors.map((one): Follower => {
    const rest = [broadcaster, estimator, logger] as const;
    return {
      tip: shownHash(one.current_best_block().get_block_hash()),
      connect: ({ header, transactions, height }) => void one.block_connected(header, transactions(), height, ...rest),
      disconnect: (header, height) => one.block_disconnected(header, height, ...rest),
    };
  });
  return {
    ...{ keys, manager, monitor, peers, graph, sweeper },
    followers: {
      channels,
      manager: listener(manager.as_Listen(), manager.current_best_block()),
      sweeper: listener(sweeper.as_Listen(), sweeper.current_best_block()),
    },
    begin() {
      const watch = monitor.as_Watch();
      for (const one of monitors) watch.watch_channel(one.get_funding_txo().get_a(), one);
    },
  };
}

export function listener(listen: ldk.Listen, best: ldk.BestBlock): Follower {
  return {
    tip: shownHash(best.get_block_hash()),
    connect: ({ header, transactions, height }: Block) =>
      listen.filtered_block_connected(header, transactions(), height),
    disconnect: (header, height) => listen.block_disconnected(header, height),
  };
}

/** It is there already, or what it spends is spent: by itself, as a rule. */
const inTheChain = new Set([-25, -27]);

/** Sends a transaction out; one the network has already is as good. */
export async function broadcastBy(bitcoin: Bitcoin, transaction: Uint8Array): Promise<void> {
  await bitcoin.call('sendrawtransaction', hex(transaction)).catch((error: unknown) => {
    const code = error instanceof RpcError ? error.code : 0;
    if (!inTheChain.has(code)) console.error('A transaction was refused:', error);
  });
}
