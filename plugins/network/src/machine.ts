/** The addresses this machine has towards its people: not loopback, not the bridge of the services or another program's. */
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isPrivateAddress } from './authority/names.ts';

export interface MachineAddress {
  /** `eth0`. */
  readonly interface: string;
  readonly address: string;
  readonly family: 4 | 6;
  /** `192.168.1.5/24`. */
  readonly cidr: string;
  /** Certificates can vouch for it. */
  readonly private: boolean;
}

/** Sorted, so that two readings of an unchanged machine are equal. Link-local IPv6 addresses are left out: no browser takes them. */
export function machineAddresses(
  bridge: string,
  interfaces = networkInterfaces(),
  links = '/sys/class/net',
): readonly MachineAddress[] {
  return Object.entries(interfaces)
    .filter(([name]) => name !== bridge && !isInward(name, links))
    .flatMap(([name, entries = []]) =>
      entries
        .filter((entry) => !entry.internal && !entry.address.toLowerCase().startsWith('fe80:'))
        .map((entry) => ({
          interface: name,
          address: entry.address,
          family: entry.family === 'IPv4' ? (4 as const) : (6 as const),
          cidr: entry.cidr ?? `${entry.address}/${entry.family === 'IPv4' ? 32 : 128}`,
          private: isPrivateAddress(entry.address),
        })),
    )
    .toSorted((a, b) => a.family - b.family || compare(a.interface, b.interface) || compare(a.address, b.address));
}

/**
 * Bridges for containers and virtual machines, as those of Docker and libvirt: nobody at home can reach their
 * addresses. A bridge with a real network card in it is the home's.
 */
function isInward(name: string, links: string): boolean {
  try {
    const ports = readdirSync(join(links, name, 'brif'));
    return !ports.some((port) => existsSync(join(links, port, 'device')));
  } catch {
    return false;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** False on machines whose kernel was told to leave IPv6 out: listening on `[::]` fails there. */
export function hasIpv6(): boolean {
  return existsSync('/proc/net/if_inet6');
}
