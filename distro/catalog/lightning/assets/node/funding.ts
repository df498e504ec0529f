/** The transaction that puts money into a channel. It is signed here and sent by the library, once it is safe to. */
import type { ChannelManager, Event_FundingGenerationReady } from 'lightningdevkit';
import type { Bitcoin } from './bitcoin.ts';
import { bytes, hex } from './bytes.ts';

export async function fundChannel(
  bitcoin: Bitcoin,
  manager: ChannelManager,
  /** Satoshis for a virtual byte. */
  feeRate: number,
  { output_script, channel_value_satoshis, temporary_channel_id, counterparty_node_id }: Event_FundingGenerationReady,
): Promise<void> {
  const { address } = await bitcoin.call<{ address?: string }>('decodescript', hex(output_script));
  if (address === undefined) throw new Error('The script of the channel has no address');
  const satoshis = Number(channel_value_satoshis);
  const amount = `${Math.floor(satoshis / 100_000_000)}.${String(satoshis % 100_000_000).padStart(8, '0')}`;
  const { psbt } = await bitcoin.wallet<{ psbt: string }>('walletcreatefundedpsbt', [], [{ [address]: amount }], 0, {
    lockUnspents: true,
    fee_rate: feeRate,
    // Other wallets than witness ones would let its id change after it was signed.
    change_type: 'bech32',
  });
  const signed = await bitcoin.wallet<{ psbt: string }>('walletprocesspsbt', psbt);
  const { hex: whole, complete } = await bitcoin.call<{ hex?: string; complete: boolean }>('finalizepsbt', signed.psbt);
  if (!complete || whole === undefined) throw new Error('The wallet cannot sign');
  const done = manager.funding_transaction_generated(temporary_channel_id, counterparty_node_id, bytes(whole));
  if (!done.is_ok()) throw new Error('The other side is gone');
}
