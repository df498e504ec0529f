/** The names and addresses this machine answers to, looked up anew every few seconds. */
import { hostname, networkInterfaces } from 'node:os';
import type { KernelConfig } from '../config.ts';
import type { Names } from './trust.ts';

const freshMs = 5000;

/** `ownName` answers the server's own label. */
export function createNames(config: Pick<KernelConfig, 'hosts' | 'port'>, ownName: () => string): () => Names {
  // A page that was open when the server was renamed goes on working until the next boot.
  const owned = new Set<string>();
  let known: Names | null = null;
  let readAt = 0;
  return () => {
    const name = ownName();
    if (known !== null && owned.has(name) && performance.now() - readAt < freshMs) return known;
    owned.add(name);
    readAt = performance.now();
    known = {
      names: new Set(['localhost', ...labelsOf(owned).flatMap((label) => [label, `${label}.local`])]),
      addresses: readAddresses(),
      further: new Set(config.hosts.map((host) => host.toLowerCase())),
      port: config.port,
    };
    return known;
  };
}

/** With numbers: where another box has our name, the network goes on with the next. */
function labelsOf(owned: ReadonlySet<string>): readonly string[] {
  const numbered = [...owned].flatMap((name) => [name, ...Array.from({ length: 20 }, (_, at) => `${name}-${at + 2}`)]);
  return [...numbered, hostname().toLowerCase().split('.')[0] ?? ''].filter((label) => label !== '');
}

function readAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set([
    '127.0.0.1',
    '[::1]',
    ...all.map(({ family, address }) => (family === 'IPv6' ? `[${address.split('%')[0] ?? ''}]` : address)),
  ]);
}
