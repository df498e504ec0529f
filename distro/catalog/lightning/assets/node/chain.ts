/** Follows the chain: each part that must know a block is told it, in order, and told when one is no more. */
import { TwoTuple_usizeTransactionZ } from 'lightningdevkit';
import type { Bitcoin } from './bitcoin.ts';
import { bytes } from './bytes.ts';

/** Who must hear of blocks; `tip` is the last it heard of. */
export interface Follower {
  tip: string;
  connect(block: Block): void;
  disconnect(header: Uint8Array, height: number): void;
}

export interface Block {
  readonly hash: string;
  readonly height: number;
  readonly header: Uint8Array;
  readonly transactions: () => TwoTuple_usizeTransactionZ[];
}

interface Header {
  readonly hash: string;
  readonly height: number;
  readonly confirmations: number;
  readonly previousblockhash?: string;
}

export class Chain {
  /** In this order. */
  followers: readonly Follower[] = [];
  /** The last block everybody knows. */
  height = 0;
  private readonly bitcoin: Bitcoin;

  constructor(bitcoin: Bitcoin) {
    this.bitcoin = bitcoin;
  }

  /** Brings every follower to the best block. Each goes its own way: after a crash they stand at different ones. */
  async catchUp(): Promise<void> {
    const best = await this.bitcoin.call<string>('getbestblockhash');
    for (const follower of this.followers) await this.lead(follower, best);
    this.height = (await this.header(best)).height;
  }

  private async lead(follower: Follower, best: string): Promise<void> {
    if (follower.tip === best) return;
    for (let { confirmations, height, previousblockhash } = await this.header(follower.tip); confirmations < 0; ) {
      if (previousblockhash === undefined) throw new Error('The chain this node knows is another one');
      follower.disconnect(await this.rawHeader(follower.tip), height);
      follower.tip = previousblockhash;
      ({ confirmations, height, previousblockhash } = await this.header(previousblockhash));
    }
    let { height } = await this.header(follower.tip);
    const { height: end } = await this.header(best);
    while (height < end) {
      const hash = await this.bitcoin.call<string>('getblockhash', height + 1);
      const block = await this.block(hash);
      if (block.previous !== follower.tip) return this.lead(follower, best);
      follower.connect(block);
      follower.tip = hash;
      height += 1;
    }
  }

  private async block(hash: string): Promise<Block & { readonly previous: string }> {
    const told = await this.bitcoin.call<{ height: number; previousblockhash: string; tx: { hex: string }[] }>(
      'getblock',
      hash,
      2,
    );
    const header = await this.rawHeader(hash);
    const transactions = () =>
      told.tx.map((transaction, index) => TwoTuple_usizeTransactionZ.constructor_new(index, bytes(transaction.hex)));
    return { hash, height: told.height, header, transactions, previous: told.previousblockhash };
  }

  private header(hash: string): Promise<Header> {
    return this.bitcoin.call<Header>('getblockheader', hash);
  }

  private async rawHeader(hash: string): Promise<Uint8Array> {
    return bytes(await this.bitcoin.call<string>('getblockheader', hash, false));
  }
}
