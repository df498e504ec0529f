/** What is handed out once and kept: places on the bridge, and ports of the host. */
import type { Slice } from '@hearth/contract';
import { effectErrors, errors } from './errors.ts';
import type { Indexes, Ports, PortUse } from './slices.ts';

const firstIndex = 2;
const lastIndex = 254;
const firstRandomPort = 49152;
const lastPort = 65535;
/** Ports of well-known daemons a host may run beside Hearth: mDNS, LLMNR, PostgreSQL, X11 over SSH. */
const restricted: ReadonlySet<number> = new Set([5353, 5355, 5432, 6010]);
/** Kept for one package each: others dial Tor there without asking, so no other may stand in for it. */
const customary: ReadonlyMap<number, string> = new Map([
  [9050, 'tor'],
  [9051, 'tor'],
]);

export class Allocations {
  readonly #indexes: Slice<Indexes>;
  readonly #ports: Slice<Ports>;
  readonly #own: ReadonlySet<number>;

  /** @param own ports the server itself listens on */
  constructor(indexes: Slice<Indexes>, ports: Slice<Ports>, own: readonly number[]) {
    this.#indexes = indexes;
    this.#ports = ports;
    this.#own = new Set(own);
  }

  index(service: string): number | null {
    return this.#indexes.read()[service] ?? null;
  }

  /** The place a service has, or the lowest free one. @throws services.tooMany */
  async claimIndex(service: string): Promise<number> {
    let claimed = 0;
    await this.#indexes.commit('service.claim', (draft) => {
      const taken = new Set(Object.values(draft));
      let free = draft[service] ?? firstIndex;
      if (draft[service] === undefined) while (taken.has(free)) free += 1;
      if (free > lastIndex) throw errors.tooMany({ service, limit: lastIndex - firstIndex + 1 });
      claimed = free;
      draft[service] = free;
    });
    return claimed;
  }

  /** Gives place and ports back: nothing of the service is left. */
  async release(service: string): Promise<void> {
    await this.#indexes.commit('service.release', (draft) => {
      delete draft[service];
    });
    await this.#ports.commit('service.release', (draft) => {
      for (const [port, use] of Object.entries(draft)) if (use.service === service) delete draft[port];
    });
  }

  /**
   * The port that was assigned to this use before, else the preferred one if it is free and nobody else's by custom,
   * else a random one from 49152 up.
   */
  async claimPort(use: PortUse, preferred: number): Promise<number> {
    let claimed = 0;
    await this.#ports.commit('service.bind', (draft) => {
      const known = Object.entries(draft).find(([, other]) => sameUse(other, use));
      const port = known === undefined ? this.#choose(draft, use.service, preferred) : Number(known[0]);
      draft[String(port)] = { ...use };
      claimed = port;
    });
    return claimed;
  }

  /** All ports from `first` on, or none. @throws effects.refused */
  async claimRange(use: PortUse, first: number, count: number): Promise<void> {
    const last = first + count - 1;
    const uses = Array.from({ length: count }, (_, at) => ({ ...use, internalPort: use.internalPort + at }));
    await this.#ports.commit('service.bind', (draft) => {
      const free = uses.every((each, at) => {
        const holder = draft[String(first + at)];
        return this.#mayHave(use.service, first + at) && (holder === undefined || sameUse(holder, each));
      });
      if (!free || last > lastPort)
        throw effectErrors.refused({ reason: `not all ports from ${first} to ${last} are free` });
      // Of the same range at another place before.
      for (const [port, other] of Object.entries(draft))
        if (uses.some((each) => sameUse(each, other))) delete draft[port];
      for (const [at, each] of uses.entries()) draft[String(first + at)] = each;
    });
  }

  #mayHave(service: string, port: number): boolean {
    const kept = customary.get(port) ?? service;
    return port > 1024 && kept === service && !restricted.has(port) && !this.#own.has(port);
  }

  #choose(taken: Ports, service: string, preferred: number): number {
    const free = (port: number): boolean => taken[String(port)] === undefined && !this.#own.has(port);
    if (this.#mayHave(service, preferred) && free(preferred)) return preferred;
    const range = lastPort - firstRandomPort + 1;
    const start = Math.floor(Math.random() * range);
    for (let offset = 0; offset < range; offset++) {
      const port = firstRandomPort + ((start + offset) % range);
      if (free(port)) return port;
    }
    throw errors.tooMany({ service: 'port', limit: range });
  }
}

function sameUse(a: PortUse, b: PortUse): boolean {
  return a.service === b.service && a.host === b.host && a.internalPort === b.internalPort && a.ssl === b.ssl;
}
