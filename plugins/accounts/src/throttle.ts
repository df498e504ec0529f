/**
 * Slows guessing down, per client. Nobody is ever locked out by somebody else: a stranger's wrong passwords make only the
 * stranger wait.
 */
import { errors } from './errors.ts';

interface Attempts {
  wrong: number;
  /** Milliseconds since 1970; before it the client is refused. */
  until: number;
}

export interface ThrottleOptions {
  readonly freeAttempts: number;
  /** Seconds. */
  readonly longestWait: number;
  readonly now: () => number;
}

/** Clients remembered at once; beyond that the ones that may try again soonest are forgotten. */
const limit = 10_000;

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #clients = new Map<string, Attempts>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Throws `accounts.tooManyAttempts` with the seconds to wait. */
  check(client: string): void {
    const attempts = this.#clients.get(clientOf(client));
    const left = (attempts?.until ?? 0) - this.#options.now();
    if (left > 0) throw errors.tooManyAttempts({ seconds: Math.ceil(left / 1000) });
  }

  wrong(client: string): void {
    const key = clientOf(client);
    const attempts = this.#clients.get(key) ?? { wrong: 0, until: 0 };
    attempts.wrong += 1;
    const beyond = attempts.wrong - this.#options.freeAttempts;
    if (beyond >= 0) {
      attempts.until = this.#options.now() + Math.min(this.#options.longestWait, 2 ** Math.min(beyond, 20)) * 1000;
    }
    this.#clients.delete(key);
    this.#clients.set(key, attempts);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > limit && oldest !== undefined) this.#clients.delete(oldest);
  }

  right(client: string): void {
    this.#clients.delete(clientOf(client));
  }
}

/** An IPv6 network of one household is one client: its addresses are endless. */
export function clientOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const whole =
    tail === undefined
      ? groups
      : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0'), ...after];
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}
