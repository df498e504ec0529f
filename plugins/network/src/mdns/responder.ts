/** Answers for our names on one interface of the local network. */
import { BlockList } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@hearth/contract';
import type { Packet } from 'dns-packet';
import makeMdns from 'multicast-dns';
import type { MachineAddress } from '../machine.ts';
import { announcement, answerTo, claims } from './answer.ts';

export interface Responder {
  /** Replaces the names; says goodbye to those that are gone and announces the new. */
  setNames(names: ReadonlySet<string>): void;
  /** Asks three times, a quarter of a second apart, whether somebody else has the name. */
  isTaken(name: string, signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

const port = 5353;
/** Names in one packet: about 60 bytes each, and no packet over an Ethernet frame. */
const perPacket = 16;

/** `own`: all addresses of this machine, for an answer of ours that comes back by another interface is no conflict. */
export function startResponder(at: MachineAddress, own: ReadonlySet<string>, log: Log): Responder {
  // Bound to the interface's address, a socket would not receive what is sent to the group.
  const mdns = makeMdns({ interface: at.address, bind: '0.0.0.0', loopback: true });
  const neighbours = subnet(at);
  let names: ReadonlySet<string> = new Set();
  /** What is on its way out: closing the socket first would lose it. */
  let sent: Promise<unknown> = Promise.resolve();

  mdns.on('query', (query, from) => {
    // Every socket on the port hears every interface: each answers its own neighbours only.
    if (!neighbours.check(from.address)) return;
    const legacy = from.port !== port;
    const response = answerTo(query, names, at.address, legacy);
    if (response !== null) mdns.respond(response, legacy ? from : undefined);
  });
  mdns.on('error', (error) => log.warn({ err: error, interface: at.interface }, 'Names are not announced'));
  mdns.on('warning', (error: Error) => log.debug({ err: error, interface: at.interface }, 'A packet was passed over'));

  function announce(changed: Iterable<string>, gone: boolean): void {
    const list = [...changed];
    for (let start = 0; start < list.length; start += perPacket) {
      const packet = announcement(list.slice(start, start + perPacket), at.address, gone);
      sent = Promise.all([sent, new Promise((resolve) => mdns.respond(packet, resolve))]);
    }
  }

  return {
    setNames(next) {
      const former = names;
      names = next;
      announce(former.difference(next), true);
      announce(next.difference(former), false);
    },

    async isTaken(name, signal) {
      const claimants: Packet[] = [];
      const listen = (response: Packet): void => {
        if (claims(response, name, own)) claimants.push(response);
      };
      mdns.on('response', listen);
      try {
        for (let times = 0; times < 3 && claimants.length === 0; times += 1) {
          mdns.query(name);
          await sleep(250, undefined, { signal, ref: false });
        }
        return claimants.length > 0;
      } finally {
        mdns.off('response', listen);
      }
    },

    async stop() {
      await sent;
      await new Promise<void>((resolve) => mdns.destroy(resolve));
    },
  };
}

function subnet({ cidr, address }: MachineAddress): BlockList {
  const list = new BlockList();
  list.addSubnet(address, Number(cidr.split('/')[1] ?? 32), 'ipv4');
  return list;
}
