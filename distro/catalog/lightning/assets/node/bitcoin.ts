/** The Bitcoin node this Lightning node relies on, asked by RPC. */

export interface BitcoinAccess {
  /** `http://bitcoin-knots.startos:8332`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The wallet on that node that is this Lightning node's own. */
  readonly wallet: string;
}

export class RpcError extends Error {
  /** As Bitcoin's sources number them. */
  readonly code: number;
  constructor(method: string, { code, message }: { readonly code: number; readonly message: string }) {
    super(`${method}: ${message}`);
    this.code = code;
  }
}

const patienceMs = 60_000;

export class Bitcoin {
  private readonly access: BitcoinAccess;

  constructor(access: BitcoinAccess) {
    this.access = access;
  }

  call<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    return this.ask('/', method, params);
  }

  /** A call to the wallet. */
  wallet<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T> {
    return this.ask(`/wallet/${encodeURIComponent(this.access.wallet)}`, method, params);
  }

  private async ask<T>(path: string, method: string, params: readonly unknown[]): Promise<T> {
    const { url, user, password } = this.access;
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${user}:${password}`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '1.0', id: 1, method, params }),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.status === 401) throw new Error('The Bitcoin node does not know our password');
    const told = (await response.json()) as { result: T; error: { code: number; message: string } | null };
    if (told.error !== null) throw new RpcError(method, told.error);
    return told.result;
  }

  /** Makes or opens the wallet. */
  async openWallet(): Promise<void> {
    const { wallet } = this.access;
    const open = await this.call<string[]>('listwallets');
    if (open.includes(wallet)) return;
    const { wallets } = await this.call<{ wallets: { name: string }[] }>('listwalletdir');
    if (wallets.some(({ name }) => name === wallet)) await this.call('loadwallet', wallet, true);
    else await this.call('createwallet', wallet, false, false, '', false, true, true);
  }
}
