/** The names and addresses this machine answers to, looked up anew every few seconds. */
import { hostname, networkInterfaces } from 'node:os';
import type { KernelConfig } from '../config.ts';
import type { Names } from './trust.ts';

const freshMs = 5000;
/** A page that was open when the server was renamed tells its person where to go, and then is refused. */
const formerMs = 10 * 60_000;

/** `ownName` answers the server's own label. */
export function createNames(
  config: Pick<KernelConfig, 'hosts' | 'port'>,
  ownName: () => string,
  now: () => number = () => performance.now(),
): () => Names {
  /** When each was last the server's name. */
  const owned = new Map<string, number>();
  let known: Names | null = null;
  let readAt = 0;
  return () => {
    const name = ownName();
    if (known !== null && owned.has(name) && now() - readAt < freshMs) return known;
    readAt = now();
    owned.set(name, readAt);
    for (const [former, lastOwned] of owned) if (readAt - lastOwned > formerMs) owned.delete(former);
    known = {
      names: new Set(['localhost', ...labelsOf([...owned.keys()]).flatMap((label) => [label, `${label}.local`])]),
      addresses: readAddresses(),
      further: new Set(config.hosts.map((host) => host.toLowerCase())),
      port: config.port,
    };
    return known;
  };
}

/** With numbers: where another box has our name, the network goes on with the next. */
function labelsOf(owned: readonly string[]): readonly string[] {
  const numbered = owned.flatMap((name) => [name, ...Array.from({ length: 20 }, (_, at) => `${name}-${at + 2}`)]);
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
