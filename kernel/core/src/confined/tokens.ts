/** A bucket of tokens: so many a second, and a stock for a burst. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Tokens {
  readonly #perSecond: number;
  readonly #most: number;
  #stock: number;
  #at: number;

  constructor(perSecond: number, most: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#stock = most;
    this.#at = performance.now();
  }

  /** Takes so many, at once or when there are enough; never more than the stock can hold. */
  async take(count: number, signal?: AbortSignal): Promise<void> {
    this.#fill();
    this.#stock -= Math.min(count, this.#most);
    if (this.#stock >= 0) return;
    await sleep((-this.#stock / this.#perSecond) * 1000, undefined, signal === undefined ? {} : { signal });
  }

  /** Takes one if there is one. */
  tryTake(): boolean {
    this.#fill();
    if (this.#stock < 1) return false;
    this.#stock -= 1;
    return true;
  }

  #fill(): void {
    const now = performance.now();
    this.#stock = Math.min(this.#most, this.#stock + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
  }
}
