/** The owner's account: proving the password, changing it. */
import type { CallContext, Principal, Server, Slice } from '@hearth/contract';
import { errors } from './errors.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { Sessions } from './sessions.ts';
import { type AccountsSecret, ownerId } from './state.ts';
import type { Throttle } from './throttle.ts';

export class Accounts {
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly #secret: Slice<AccountsSecret>;
  readonly #server: Server;

  constructor(secret: Slice<AccountsSecret>, server: Server, sessions: Sessions, throttle: Throttle) {
    this.#secret = secret;
    this.#server = server;
    this.sessions = sessions;
    this.throttle = throttle;
  }

  /** Throws `accounts.wrongPassword`, `accounts.notSetUp`, and what the throttle throws. */
  async prove(password: string, { exchange, principal }: Pick<CallContext, 'exchange' | 'principal'>): Promise<void> {
    const user = principal.kind === 'user' ? principal.user : ownerId;
    const stored = this.#secret.read().users[user]?.password;
    if (stored === undefined || !this.#server.read().setUp) throw errors.notSetUp();
    const found = { outdated: false };
    const right = await this.throttle.attempt(exchange?.clientAddress ?? 'local', async () => {
      const answer = await verifyPassword(password, stored);
      found.outdated = answer.outdated;
      return answer.right;
    });
    if (!right) throw errors.wrongPassword();
    if (found.outdated) await this.#keep('auth.rehash', user, password);
  }

  /** A session for whoever has just proven himself; null for root, who needs none, and where no page is. */
  async welcome({ principal, exchange }: Pick<CallContext, 'exchange' | 'principal'>): Promise<string | null> {
    if (principal.kind === 'root' || exchange === undefined) return null;
    const { token } = await this.sessions.begin(ownerId, exchange);
    return token;
  }

  /** Whoever began a set-up that was cut off is replaced. */
  makeOwner(password: string): Promise<number> {
    return this.#keep('setup.execute', ownerId, password);
  }

  /** Every session but the caller's ends: whoever knew the old password is out. */
  async changePassword(user: string, password: string, caller: Principal): Promise<number> {
    await this.#keep('auth.reset-password', user, password);
    const kept = caller.kind === 'user' ? caller.session : null;
    return this.sessions.end('auth.reset-password', user, (id) => id !== kept);
  }

  async #keep(reason: string, user: string, password: string): Promise<number> {
    const hash = await hashPassword(password);
    return this.#secret.commit(reason, (draft) => {
      const row = draft.users[user];
      if (row === undefined) draft.users[user] = { role: 'owner', password: hash };
      else row.password = hash;
    });
  }
}
