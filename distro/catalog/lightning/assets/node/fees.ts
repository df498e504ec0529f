/** What a transaction should pay, as the Bitcoin node sees it; asked now and then, since the library wants it at once. */
import { ConfirmationTarget, FeeEstimator } from 'lightningdevkit';
import type { Bitcoin } from './bitcoin.ts';

/** The least a node relays: satoshis for 1,000 units of weight. */
const least = 253;
/** Bitcoin's RPC counts coins for 1,000 virtual bytes, of four units each. */
const coin = 100_000_000;

/** Blocks within which a transaction shall be in the chain, or the least that is relayed. */
const wishes = new Map<ConfirmationTarget, number | 'least'>([
  [ConfirmationTarget.LDKConfirmationTarget_MaximumFeeEstimate, 1],
  [ConfirmationTarget.LDKConfirmationTarget_UrgentOnChainSweep, 2],
  [ConfirmationTarget.LDKConfirmationTarget_MinAllowedAnchorChannelRemoteFee, 'least'],
  [ConfirmationTarget.LDKConfirmationTarget_MinAllowedNonAnchorChannelRemoteFee, 144],
  [ConfirmationTarget.LDKConfirmationTarget_AnchorChannelFee, 'least'],
  [ConfirmationTarget.LDKConfirmationTarget_NonAnchorChannelFee, 12],
  [ConfirmationTarget.LDKConfirmationTarget_ChannelCloseMinimum, 144],
  [ConfirmationTarget.LDKConfirmationTarget_OutputSpendingFee, 12],
]);

export class Fees {
  readonly estimator: FeeEstimator;
  private readonly bitcoin: Bitcoin;
  private readonly known = new Map<number, number>();

  constructor(bitcoin: Bitcoin) {
    this.bitcoin = bitcoin;
    this.estimator = FeeEstimator.new_impl({ get_est_sat_per_1000_weight: (target) => this.of(target) });
  }

  private of(target: ConfirmationTarget): number {
    const blocks = wishes.get(target) ?? 12;
    const fee = blocks === 'least' ? least : (this.known.get(blocks) ?? least);
    // A channel whose other side thinks less of the fees of a busy day is not worth closing for.
    const lenient = target === ConfirmationTarget.LDKConfirmationTarget_MinAllowedNonAnchorChannelRemoteFee;
    return Math.max(least, lenient ? fee - 250 : fee);
  }

  /** Of a transaction that may wait an hour or two: satoshis for a virtual byte. */
  perByte(): number {
    return Math.max(1, Math.ceil(((this.known.get(12) ?? least) * 4) / 1000));
  }

  async refresh(): Promise<void> {
    for (const blocks of [1, 2, 12, 144]) {
      const { feerate } = await this.bitcoin.call<{ feerate?: number }>('estimatesmartfee', blocks);
      if (feerate !== undefined) this.known.set(blocks, Math.ceil((feerate * coin) / 4));
    }
  }
}
