/** The one of each that every view shares: link, replica, router, toasts. Made when the page starts. */
import { Feed, type FeedState } from './link/feed.ts';
import { Rpc } from './link/rpc.ts';
import { storedToken } from './link/session.ts';
import { Router } from './router.ts';
import { StateReplica } from './state/replica.ts';
import type { UiState } from './state/slices.ts';
import { Toasts } from './toasts.ts';

/** `unknown` until the server has been asked; `distress`: it is up, but nobody can log in. */
export type Door = 'unknown' | 'setup' | 'login' | 'inside' | 'unreachable' | 'distress';

class Shell extends EventTarget {
  readonly session = storedToken(localStorage);
  readonly replica = new StateReplica<UiState>();
  readonly router = new Router();
  readonly toasts = new Toasts();
  readonly rpc = new Rpc({
    fetch: (url, init) => fetch(url, init),
    session: this.session,
    seen: (rev) => (this.feed.state === 'live' ? this.replica.reached(rev) : Promise.resolve()),
    onLoggedOut: () => this.leave(),
  });
  readonly feed: Feed = new Feed({
    open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/feed`),
    session: this.session,
    replica: this.replica,
    onState: () => this.#tell(),
    onRefused: () => void this.#checkSession(),
  });
  #door: Door = 'unknown';

  get door(): Door {
    return this.#door;
  }

  get feedState(): FeedState {
    return this.feed.state;
  }

  start(): void {
    this.router.start();
    addEventListener('online', () => this.feed.hurry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.feed.hurry();
    });
    void this.knock();
  }

  /** Finds out whether to set up, to log in, or to go on. */
  async knock(): Promise<void> {
    if (this.session.read() !== null) {
      this.enter();
      return;
    }
    try {
      const { setUp } = await this.rpc.call('setup.status', {});
      this.#become(setUp ? 'login' : 'setup');
    } catch {
      this.#become((await this.#inDistress()) ? 'distress' : 'unreachable');
    }
  }

  /** Whether the server is one that can only be rescued. */
  async #inDistress(): Promise<boolean> {
    const status = await this.rpc.call('server.status', {}).catch(() => null);
    return status?.mode === 'diagnostic';
  }

  /** Goes in with the session that is kept, or with a new one. */
  enter(token?: string): void {
    if (token !== undefined) this.session.keep(token);
    this.feed.start();
    this.#become('inside');
  }

  /** The session is over: nothing of the owner's stays on the page. */
  leave(): void {
    this.session.forget();
    // Its code was wrong: the page that asks for it says so.
    if (this.#door === 'distress') return;
    this.feed.stop();
    this.replica.clear();
    this.#become('unknown');
    void this.knock();
  }

  /** A refused feed may mean a busy server, or a session that is over: only then is the owner asked to log in again. */
  async #checkSession(): Promise<void> {
    const who = await this.rpc.call('auth.whoami', {}).catch(() => null);
    if (who?.kind === 'anonymous') return this.leave();
    if (who !== null || !(await this.#inDistress())) return;
    this.session.forget();
    this.feed.stop();
    this.replica.clear();
    this.#become('distress');
  }

  #become(door: Door): void {
    this.#door = door;
    this.#tell();
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}

export const shell = new Shell();
