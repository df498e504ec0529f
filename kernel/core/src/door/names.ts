/** The names and addresses this machine answers to, looked up anew every few seconds. */
import { hostname, networkInterfaces } from 'node:os';
import type { KernelConfig } from '../config.ts';
import type { Names } from './trust.ts';

const freshMs = 5000;

/** `ownName` answers the server's own label. */
export function createNames(config: Pick<KernelConfig, 'hosts' | 'port'>, ownName: () => string): () => Names {
  let addresses: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - readAt > freshMs) {
      addresses = readAddresses();
      readAt = performance.now();
    }
    const own = ownName();
    // Where another box has our name, the network goes on with the next number.
    const numbered = Array.from({ length: 20 }, (_, at) => `${own}-${at + 2}`);
    const labels = [own, ...numbered, hostname().toLowerCase().split('.')[0] ?? ''].filter((label) => label !== '');
    return {
      names: new Set(['localhost', ...labels.flatMap((label) => [label, `${label}.local`])]),
      addresses,
      further: new Set(config.hosts.map((host) => host.toLowerCase())),
      port: config.port,
    };
  };
}

function readAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set([
    '127.0.0.1',
    '[::1]',
    ...all.map(({ family, address }) => (family === 'IPv6' ? `[${address.split('%')[0] ?? ''}]` : address)),
  ]);
}
