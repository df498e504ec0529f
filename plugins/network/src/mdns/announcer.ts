/** Our names on every interface of the local network; follows the interfaces as they come and go. */
import type { Log } from '@hearth/contract';
import type { MachineAddress } from '../machine.ts';
import type { Responder } from './responder.ts';
import { startResponder } from './responder.ts';

export interface Announcer {
  /** Names in lower case; interfaces without an IPv4 address are left out. */
  apply(names: Iterable<string>, lan: readonly MachineAddress[]): Promise<void>;
  /** The first of `wish`, `wish-2`, ... that nobody else on the local network answers to. A label, without `.local`. */
  firstFree(wish: string, signal: AbortSignal): Promise<string>;
  stop(): Promise<void>;
}

const attempts = 9;

export function createAnnouncer(log: Log, start: typeof startResponder = startResponder): Announcer {
  const responders = new Map<string, Responder>();

  async function follow(lan: readonly MachineAddress[]): Promise<void> {
    const wanted = new Map(lan.filter(({ family }) => family === 4).map((entry) => [entry.cidr, entry]));
    for (const [cidr, responder] of responders) {
      if (wanted.has(cidr)) continue;
      responders.delete(cidr);
      await responder.stop();
    }
    const own = new Set(lan.map(({ address }) => address));
    for (const [cidr, entry] of wanted) {
      if (!responders.has(cidr)) responders.set(cidr, start(entry, own, log));
    }
  }

  return {
    async apply(names, lan) {
      await follow(lan);
      const set = new Set(names);
      for (const responder of responders.values()) responder.setNames(set);
    },

    async firstFree(wish, signal) {
      for (let number = 1; number <= attempts; number += 1) {
        const label = number === 1 ? wish : `${wish}-${number}`;
        const asked = [...responders.values()].map((responder) => responder.isTaken(`${label}.local`, signal));
        if (!(await Promise.all(asked)).includes(true)) return label;
      }
      return wish;
    },

    async stop() {
      const all = [...responders.values()];
      responders.clear();
      await Promise.all(all.map((responder) => responder.stop()));
    },
  };
}
