/** Money that comes and goes. */
import * as ldk from 'lightningdevkit';
import { hex } from './bytes.ts';
import type { Store } from './store.ts';

export interface Payment {
  /** The hash both sides know it by. */
  readonly hash: string;
  readonly direction: 'in' | 'out';
  readonly satoshis: number;
  readonly feeSatoshis: number | null;
  readonly state: 'under way' | 'done' | 'failed';
  /** When its state was reached: RFC 3339. */
  readonly at: string;
}

/** Whoever asks for a payment hears of its end within this time, or that it is under way. */
const patienceMs = 60_000;
const kept = 1000;

export class Payments {
  private readonly manager: ldk.ChannelManager;
  private readonly store: Store;
  private readonly table: Map<string, Payment>;
  private readonly waiting = new Map<string, (payment: Payment) => void>();

  constructor(manager: ldk.ChannelManager, store: Store) {
    this.manager = manager;
    this.store = store;
    const before = store.read('payments');
    const list = before === null ? [] : (JSON.parse(Buffer.from(before).toString()) as Payment[]);
    this.table = new Map(list.map((payment) => [payment.hash, payment]));
  }

  list(): Payment[] {
    return [...this.table.values()].reverse();
  }

  invoice(satoshis: number | null, description: string, expirySeconds: number): string {
    const amount =
      satoshis === null
        ? ldk.Option_u64Z.constructor_none()
        : ldk.Option_u64Z.constructor_some(BigInt(satoshis) * 1000n);
    const none = ldk.Option_u16Z.constructor_none();
    const made = ldk.UtilMethods.constructor_create_invoice_from_channelmanager(
      ...([this.manager, amount, description, expirySeconds, none] as const),
    );
    if (made instanceof ldk.Result_Bolt11InvoiceSignOrCreationErrorZ_OK) return made.res.to_str();
    throw new Error('The invoice cannot be made');
  }

  pay(text: string, satoshis: number | null): Promise<Payment> {
    const invoice = read(text);
    const asked = amountOf(invoice);
    if (asked === null && satoshis === null) throw new Error('The invoice names no amount: say how much');
    const route =
      asked === null
        ? ldk.UtilMethods.constructor_payment_parameters_from_variable_amount_invoice(
            invoice,
            BigInt(satoshis ?? 0) * 1000n,
          )
        : ldk.UtilMethods.constructor_payment_parameters_from_invoice(invoice);
    if (!(route instanceof ldk.Result_C3Tuple_ThirtyTwoBytesRecipientOnionFieldsRouteParametersZNoneZ_OK)) {
      throw new Error('The invoice cannot be paid');
    }
    const [hash, onion, parameters] = [route.res.get_a(), route.res.get_b(), route.res.get_c()];
    const id = hex(hash);
    const retry = ldk.Retry.constructor_attempts(5);
    const sent = this.manager.send_payment(hash, onion, hash, parameters, retry);
    if (!(sent instanceof ldk.Result_NoneRetryableSendFailureZ_OK)) throw new Error(refusalOf(sent));
    const amount = asked === null ? (satoshis ?? 0) : Number(asked / 1000n);
    const payment = this.keep({ hash: id, direction: 'out', satoshis: amount, feeSatoshis: null, state: 'under way' });
    return new Promise((done) => {
      const timer = setTimeout(() => done(this.table.get(id) ?? payment), patienceMs);
      this.waiting.set(id, (ended) => {
        clearTimeout(timer);
        done(ended);
      });
    });
  }

  hear(event: ldk.Event): void {
    if (event instanceof ldk.Event_PaymentClaimable) {
      const preimage = event.purpose.preimage();
      if (preimage instanceof ldk.Option_ThirtyTwoBytesZ_Some) this.manager.claim_funds(preimage.some);
      else this.manager.fail_htlc_backwards(event.payment_hash);
    } else if (event instanceof ldk.Event_PaymentClaimed) {
      const satoshis = Number(event.amount_msat / 1000n);
      const hash = hex(event.payment_hash);
      this.end({ hash, direction: 'in', satoshis, feeSatoshis: null, state: 'done' });
    } else if (event instanceof ldk.Event_PaymentSent) {
      const fee = event.fee_paid_msat;
      const feeSatoshis = fee instanceof ldk.Option_u64Z_Some ? Math.ceil(Number(fee.some) / 1000) : null;
      this.finish(hex(event.payment_hash), 'done', feeSatoshis);
    } else if (event instanceof ldk.Event_PaymentFailed) this.finish(hex(event.payment_id), 'failed', null);
  }

  private finish(hash: string, state: 'done' | 'failed', feeSatoshis: number | null): void {
    const satoshis = this.table.get(hash)?.satoshis ?? 0;
    this.end({ hash, direction: 'out', satoshis, feeSatoshis, state });
  }

  private end(payment: Omit<Payment, 'at'>): void {
    const ended = this.keep(payment);
    this.waiting.get(payment.hash)?.(ended);
    this.waiting.delete(payment.hash);
  }

  private keep(payment: Omit<Payment, 'at'>): Payment {
    const whole = { ...payment, at: new Date().toISOString() };
    this.table.delete(whole.hash);
    this.table.set(whole.hash, whole);
    for (const [oldest] of this.table) {
      if (this.table.size <= kept) break;
      this.table.delete(oldest);
    }
    this.store.write('payments', Buffer.from(JSON.stringify([...this.table.values()])));
    return whole;
  }
}

function read(text: string): ldk.Bolt11Invoice {
  const invoice = ldk.Bolt11Invoice.constructor_from_str(text.trim().replace(/^lightning:/i, ''));
  if (invoice instanceof ldk.Result_Bolt11InvoiceParseOrSemanticErrorZ_OK) return invoice.res;
  throw new Error('This is no invoice of Lightning');
}

function amountOf(invoice: ldk.Bolt11Invoice): bigint | null {
  const amount = invoice.amount_milli_satoshis();
  return amount instanceof ldk.Option_u64Z_Some ? amount.some : null;
}

function refusalOf(failed: ldk.Result_NoneRetryableSendFailureZ): string {
  const { err } = failed as unknown as { readonly err: ldk.RetryableSendFailure };
  if (err === ldk.RetryableSendFailure.LDKRetryableSendFailure_PaymentExpired) return 'The invoice has expired';
  if (err === ldk.RetryableSendFailure.LDKRetryableSendFailure_DuplicatePayment) return 'The invoice was paid before';
  if (err === ldk.RetryableSendFailure.LDKRetryableSendFailure_RouteNotFound) {
    return 'There is no way to the payee with enough money in it';
  }
  return 'The payment cannot be sent';
}
