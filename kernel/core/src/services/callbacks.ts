/**
 * What scripts watch: one watch per thing, shared by all who asked; each registration fires once.
 *
 * A value is read and marked as seen in the same turn, so that no change between reading and registering is lost.
 * `changed` is called after every commit; it looks only at what somebody waits for.
 */
import { isDeepStrictEqual } from 'node:util';
import { digestOf } from './parking/digest.ts';

export interface Watched {
  /** `host:syncthing:ui`: equal keys are the same thing. */
  readonly key: string;
  /** Without side effects, from what is in memory. */
  read(): unknown;
}

interface Watch {
  readonly read: () => unknown;
  seen: unknown;
  readonly waiting: Map<string, { readonly service: string; readonly id: number }>;
}

/** No id of a script's: those begin at 1. */
const ofEarlierKernel = 0;

export class Callbacks {
  readonly #watches = new Map<string, Watch>();
  /** Their containers are gone; what they wait for is kept, and its change is told by name only. */
  readonly #asleep = new Set<string>();
  /** Of an earlier kernel: compared once everything has come to where it was. */
  #earlier: { readonly watched: Watched; readonly seen: string; readonly service: string }[] = [];
  readonly #stale: (service: string) => void;
  readonly #fire: (service: string, id: number, value: unknown) => void;

  /**
   * @param fire tells the guest; a notification, nobody waits
   * @param stale something changed for a service that is asleep; the registration is used up
   */
  constructor(
    fire: (service: string, id: number, value: unknown) => void,
    stale: (service: string) => void = () => undefined,
  ) {
    this.#fire = fire;
    this.#stale = stale;
  }

  /** Reads; with an id also registers. */
  read(watched: Watched, service: string, id: number | null | undefined): unknown {
    const value = watched.read();
    if (id === null || id === undefined) return value;
    this.wait(watched, value, service, id);
    return value;
  }

  /** Registers for the next change away from `seen`. */
  wait(watched: Watched, seen: unknown, service: string, id: number): void {
    const known = this.#watches.get(watched.key);
    const watch = known ?? { read: () => watched.read(), seen, waiting: new Map() };
    if (known === undefined) this.#watches.set(watched.key, watch);
    watch.waiting.set(`${service} ${id}`, { service, id });
  }

  changed(): void {
    for (const [key, watch] of this.#watches) {
      const value = watch.read();
      if (value === watch.seen || isDeepStrictEqual(value, watch.seen)) continue;
      this.#watches.delete(key);
      for (const { service, id } of watch.waiting.values())
        if (this.#asleep.has(service)) this.#stale(service);
        else this.#fire(service, id, value);
    }
  }

  /** Forgets registrations of a service. */
  clear(service: string, which: { only: readonly number[] } | { except: readonly number[] }): void {
    const drop = (id: number): boolean => ('only' in which ? which.only.includes(id) : !which.except.includes(id));
    for (const [key, watch] of this.#watches) {
      for (const [name, waiter] of watch.waiting)
        if (waiter.service === service && drop(waiter.id)) watch.waiting.delete(name);
      if (watch.waiting.size === 0) this.#watches.delete(key);
    }
  }

  /** The container of a service is gone; its ids mean nothing any more, but what they stood for may still matter. */
  sleep(service: string): void {
    this.#asleep.add(service);
  }

  /** What a service waits for, each with the digest of what it saw: enough for another kernel. */
  waiting(service: string): { key: string; seen: string }[] {
    const found = this.#earlier
      .filter((each) => each.service === service)
      .map(({ watched: { key }, seen }) => ({ key, seen }));
    for (const [key, watch] of this.#watches)
      if ([...watch.waiting.values()].some((waiter) => waiter.service === service))
        found.push({ key, seen: digestOf(watch.seen) });
    return found;
  }

  /** What a service that is asleep waited for under an earlier kernel. It counts from `settle` on. */
  restore(watched: Watched, seen: string, service: string): void {
    this.#asleep.add(service);
    this.#earlier.push({ watched, seen, service });
  }

  /** Everything is up that comes up at a boot: what changed over it is told now, the rest is watched. */
  settle(): void {
    for (const { watched, seen, service } of this.#earlier.splice(0)) {
      const value = watched.read();
      if (digestOf(value) === seen) this.wait(watched, value, service, ofEarlierKernel);
      else this.#stale(service);
    }
  }

  /** Forgets everything a service waited for: it will ask anew, or is gone. */
  drop(service: string): void {
    this.#asleep.delete(service);
    this.#earlier = this.#earlier.filter((each) => each.service !== service);
    this.clear(service, { except: [] });
  }

  /** Whether anybody waits for it. */
  watches(key: string): boolean {
    return this.#watches.has(key);
  }

  get size(): number {
    let count = 0;
    for (const watch of this.#watches.values()) count += watch.waiting.size;
    return count;
  }
}
