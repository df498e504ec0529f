/**
 * Sessions have two halves: a cookie, and a token that only pages of one origin hold.
 *
 * Browsers send a cookie to every port of a host name, so a service's page on another port would get the cookie; it cannot
 * get the token, and what it sends comes from another origin.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Exchange, Slice } from '@hearth/contract';
import type { AccountsConfig } from './config.ts';
import { errors } from './errors.ts';
import type { AccountsSecret, Session } from './state.ts';

export const cookieName = '__Host-hearth';
/** Milliseconds between two notes of when a session was last used. */
const noteEvery = 5 * 60_000;

const hash = (half: string) => createHash('sha256').update(half).digest('hex');
const half = () => randomBytes(32).toString('base64url');

export interface Found {
  readonly key: string;
  readonly session: Session;
}

export class Sessions {
  readonly #slice: Slice<AccountsSecret>;
  readonly #config: AccountsConfig;
  readonly #now: () => number;
  readonly #listeners = new Set<(session: string) => void>();

  constructor(slice: Slice<AccountsSecret>, config: AccountsConfig, now: () => number) {
    this.#slice = slice;
    this.#config = config;
    this.#now = now;
  }

  onEnd(listener: (session: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sets the cookie and answers the token: the page's half. */
  async begin(exchange: Exchange): Promise<string> {
    const [cookie, token, now] = [half(), half(), this.#now()];
    const row: Session = {
      id: randomUUID(),
      token: hash(token),
      origin: exchange.origin,
      userAgent: exchange.userAgent.slice(0, 300),
      clientAddress: exchange.clientAddress.slice(0, 64),
      createdAt: now,
      lastSeen: now,
    };
    await this.#slice.commit('auth.login', (draft) => {
      for (const [key, session] of Object.entries(draft.sessions)) if (this.#over(session)) delete draft.sessions[key];
      draft.sessions[hash(cookie)] = row;
    });
    exchange.setCookie(cookieName, cookie, this.#config.lifeSeconds);
    return token;
  }

  /** Both halves, at the origin they were made for; null otherwise. */
  find({
    cookie,
    token,
    origin,
  }: {
    cookie: string | null;
    token: string | null;
    origin: string | null;
  }): Found | null {
    if (cookie === null || token === null || cookie.length > 128 || token.length > 128) return null;
    const key = hash(cookie);
    const session = this.#slice.read().sessions[key];
    if (session === undefined || this.#over(session) || session.origin !== origin) return null;
    if (!timingSafeEqual(Buffer.from(session.token, 'hex'), Buffer.from(hash(token), 'hex'))) return null;
    this.#note(key, session);
    return { key, session };
  }

  list(): readonly Session[] {
    return Object.values(this.#slice.read().sessions).filter((session) => !this.#over(session));
  }

  /** All or nothing. Throws `accounts.unknownSession`. */
  async end(ids: readonly string[]): Promise<number> {
    const rev = await this.#slice.commit('auth.session.kill', (draft) => {
      for (const id of new Set(ids)) {
        const key = Object.keys(draft.sessions).find((candidate) => draft.sessions[candidate]?.id === id);
        if (key === undefined) throw errors.unknownSession({ id });
        delete draft.sessions[key];
      }
    });
    for (const id of ids) for (const listener of this.#listeners) listener(id);
    return rev;
  }

  #over(session: Session): boolean {
    const now = this.#now();
    return (
      now - session.lastSeen > this.#config.idleSeconds * 1000 ||
      now - session.createdAt > this.#config.lifeSeconds * 1000
    );
  }

  #note(key: string, session: Session): void {
    const now = this.#now();
    if (now - session.lastSeen < noteEvery) return;
    void this.#slice
      .commit('auth.seen', (draft) => {
        const row = draft.sessions[key];
        if (row !== undefined) row.lastSeen = now;
      })
      .catch(() => undefined);
  }
}
