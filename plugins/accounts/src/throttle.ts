/**
 * Slows guessing without ever shutting the owner out.
 *
 * Per client: after three failures each further one doubles the wait, up to fifteen minutes. Over all clients: those we
 * do not know queue behind each other, one check at a time, each failure taking its while; a client that has been let in
 * before has a lane of its own. Nothing is refused because of what others did, but a queue that is full.
 */
import { isIPv6 } from 'node:net';
import { errors } from './errors.ts';

const free = 3;
const longestMs = 15 * 60 * 1000;
const forgetMs = 60 * 60 * 1000;
const mostClients = 10_000;
const mostWaiting = 16;

export interface ThrottleOptions {
  readonly now?: () => number;
  /** Milliseconds a failed check takes at least. */
  readonly wrongDelayMs: number;
  /** Whether this client has been let in before. */
  readonly isKnown: (client: string) => boolean;
}

export class Throttle {
  readonly #options: Required<ThrottleOptions>;
  readonly #failures = new Map<string, { count: number; at: number }>();
  readonly #lanes = new Map<string, { tail: Promise<unknown>; waiting: number }>();

  constructor(options: ThrottleOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /**
   * Runs `check` when it is this client's turn; a `false` counts as a failure and takes its time.
   * Throws `accounts.tooManyAttempts`, `accounts.busy`.
   */
  async attempt(address: string, check: () => Promise<boolean>): Promise<boolean> {
    const client = clientOf(address);
    this.#mustNotWait(client);
    return this.#inLane(this.#options.isKnown(client) ? client : '', async () => {
      // Others of the same client may have failed meanwhile.
      this.#mustNotWait(client);
      const began = performance.now();
      const right = await check();
      if (right) this.#failures.delete(client);
      else {
        this.#count(client);
        const left = this.#options.wrongDelayMs - (performance.now() - began);
        if (left > 0) await new Promise((resume) => setTimeout(resume, left));
      }
      return right;
    });
  }

  #mustNotWait(client: string): void {
    const failure = this.#failures.get(client);
    if (failure === undefined || failure.count < free) return;
    const until = failure.at + Math.min(longestMs, 1000 * 2 ** (failure.count - free));
    const left = until - this.#options.now();
    if (left > 0) throw errors.tooManyAttempts({ seconds: Math.ceil(left / 1000) });
  }

  #count(client: string): void {
    const now = this.#options.now();
    const before = this.#failures.get(client);
    const count = before === undefined || now - before.at > forgetMs ? 1 : before.count + 1;
    // Put at the end: the first of the map is the one that failed longest ago.
    this.#failures.delete(client);
    this.#failures.set(client, { count, at: now });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > mostClients && oldest !== undefined) this.#failures.delete(oldest);
  }

  async #inLane<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= mostWaiting) throw errors.busy();
    this.#lanes.set(name, lane);
    lane.waiting += 1;
    const turn = lane.tail.then(work);
    lane.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(name);
    }
  }
}

/** One client: an address, or the /64 an IPv6 household has to itself. */
export function clientOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  while (groups.length + rest.length < 8) groups.push('0');
  return `${[...groups, ...rest]
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
