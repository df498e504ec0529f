/**
 * Sessions of people and tokens of programs.
 *
 * A session has two halves: a cookie no script can read, and a token kept by the page in storage of its own origin.
 * Neither is worth anything alone, nor both together at another origin than the one they were made at; so a service on
 * another port of this host, which the browser sends the cookie to, gets nothing.
 */
import type { Authenticator, Exchange, Principal, Role, Slice } from '@hearth/contract';
import type { AccountsConfig } from './config.ts';
import { matches, newHalf, newId, splitHalf } from './halves.ts';
import type { AccountsSecret, SessionRow } from './state.ts';
import { clientOf } from './throttle.ts';

export const cookieName = '__Host-hearth';
const dayMs = 24 * 60 * 60 * 1000;
/** How stale `lastSeen` may be: a commit per request would be one fsync per request. */
const seenEveryMs = 5 * 60 * 1000;
const mostSessions = 100;

export class Sessions implements Authenticator {
  readonly #secret: Slice<AccountsSecret>;
  readonly #config: AccountsConfig;
  readonly #now: () => number;
  readonly #ended = new Set<(session: string) => void>();

  constructor(secret: Slice<AccountsSecret>, config: AccountsConfig, now: () => number = Date.now) {
    this.#secret = secret;
    this.#config = config;
    this.#now = now;
  }

  authenticate(exchange: Parameters<Authenticator['authenticate']>[0]): Promise<Principal> {
    if (exchange.bearer !== null) return Promise.resolve(this.#byBearer(exchange.bearer));
    return Promise.resolve(this.#bySession(exchange));
  }

  onSessionEnd(listener: (session: string) => void): () => void {
    this.#ended.add(listener);
    return () => void this.#ended.delete(listener);
  }

  /** Whether somebody is logged in from there: such a client is not kept waiting for the sake of others. */
  isKnown(client: string): boolean {
    return Object.values(this.#secret.read().sessions).some((row) => clientOf(row.clientAddress) === client);
  }

  /** Makes a session, puts one half into a cookie and answers the other. One that this browser had ends. */
  async begin(user: string, exchange: Exchange): Promise<{ readonly token: string; readonly id: string }> {
    const id = newId();
    const [cookie, token] = [newHalf(id), newHalf(id)];
    const now = this.#now();
    const former = this.#cookieOwner(exchange);
    const gone: string[] = [];
    await this.#secret.commit('auth.login', (draft) => {
      gone.length = 0;
      for (const [other, row] of Object.entries(draft.sessions)) {
        if (other === former || this.#isOver(row, now)) gone.push(other);
      }
      const oldest = Object.entries(draft.sessions).sort(([, one], [, other]) => one.lastSeen - other.lastSeen);
      gone.push(...oldest.slice(0, Math.max(0, oldest.length - mostSessions + 1)).map(([other]) => other));
      for (const other of gone) delete draft.sessions[other];
      draft.sessions[id] = {
        user,
        cookie: cookie.hash,
        token: token.hash,
        origin: exchange.origin,
        userAgent: exchange.userAgent,
        clientAddress: exchange.clientAddress,
        createdAt: now,
        lastSeen: now,
      };
    });
    for (const session of gone) this.tell(session);
    exchange.setCookie(cookieName, cookie.text, (this.#config.longestDays * dayMs) / 1000);
    return { token: token.text, id };
  }

  /** This session, or token, is over: its sockets close. */
  tell(session: string): void {
    for (const listener of [...this.#ended]) listener(session);
  }

  /** Those of `user`; the latest used first. */
  list(user: string): readonly (SessionRow & { readonly id: string })[] {
    const now = this.#now();
    return Object.entries(this.#secret.read().sessions)
      .filter(([, row]) => row.user === user && !this.#isOver(row, now))
      .map(([id, row]) => ({ id, ...row }))
      .sort((one, other) => other.lastSeen - one.lastSeen);
  }

  /** Ends those of `user` that `which` picks. */
  async end(reason: string, user: string, which: (id: string) => boolean): Promise<number> {
    const gone: string[] = [];
    const rev = await this.#secret.commit(reason, (draft) => {
      gone.length = 0;
      for (const [id, row] of Object.entries(draft.sessions)) {
        if (row.user !== user || !which(id)) continue;
        gone.push(id);
        delete draft.sessions[id];
      }
    });
    for (const session of gone) this.tell(session);
    return rev;
  }

  #bySession(exchange: Pick<Exchange, 'cookie' | 'token' | 'origin'>): Principal {
    const [cookie, token] = [splitHalf(exchange.cookie(cookieName)), splitHalf(exchange.token)];
    if (cookie === null || token === null || cookie.id !== token.id) return { kind: 'anonymous' };
    const { sessions, users } = this.#secret.read();
    const row = own(sessions, cookie.id);
    const now = this.#now();
    if (row === undefined || this.#isOver(row, now)) return { kind: 'anonymous' };
    if (!matches(cookie.secret, row.cookie) || !matches(token.secret, row.token)) return { kind: 'anonymous' };
    const user = own(users, row.user);
    if (user === undefined || row.origin !== exchange.origin) return { kind: 'anonymous' };
    if (now - row.lastSeen > seenEveryMs) this.#see(cookie.id, now);
    return { kind: 'user', user: row.user, role: user.role, session: cookie.id };
  }

  #byBearer(bearer: string): Principal {
    const half = splitHalf(bearer);
    const { tokens, users } = this.#secret.read();
    const row = half === null ? undefined : own(tokens, half.id);
    if (half === null || row === undefined || !matches(half.secret, row.secret)) return { kind: 'anonymous' };
    if (row.expiresAt !== null && row.expiresAt <= this.#now()) return { kind: 'anonymous' };
    const user = own(users, row.user);
    if (user === undefined) return { kind: 'anonymous' };
    // A token made by somebody who has become less since is worth no more than its maker.
    const role = weaker(row.role, user.role);
    return { kind: 'user', user: row.user, role, session: half.id, program: { name: row.name, scopes: row.scopes } };
  }

  /** The session whose cookie this browser truly has. */
  #cookieOwner(exchange: Exchange): string | null {
    const half = splitHalf(exchange.cookie(cookieName));
    const row = half === null ? undefined : own(this.#secret.read().sessions, half.id);
    return half !== null && row !== undefined && matches(half.secret, row.cookie) ? half.id : null;
  }

  #isOver(row: SessionRow, now: number): boolean {
    return now - row.lastSeen > this.#config.idleDays * dayMs || now - row.createdAt > this.#config.longestDays * dayMs;
  }

  #see(id: string, now: number): void {
    const commit = this.#secret.commit('auth.seen', (draft) => {
      const row = draft.sessions[id];
      if (row !== undefined) row.lastSeen = now;
    });
    // Of no consequence: it is tried again with the next request.
    commit.catch(() => undefined);
  }
}

const roles = ['viewer', 'admin', 'owner'] as const;

/** Not stronger than either. */
export function weaker(one: Role, other: Role): Role {
  return roles[Math.min(roles.indexOf(one), roles.indexOf(other))] ?? 'viewer';
}

/** Keys come from outside: `constructor` is no session. */
function own<T>(rows: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(rows, id) ? rows[id] : undefined;
}
