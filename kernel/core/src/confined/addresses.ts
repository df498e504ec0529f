/** Which addresses are of the machine, its network, or nobody. Pure. */
import { BlockList, isIP } from 'node:net';

const never = new BlockList();
const near = new BlockList();
for (const [list, address, bits, kind] of [
  // This network, link-local (and the metadata of clouds), multicast, reserved.
  [never, '0.0.0.0', 8, 'ipv4'],
  [never, '169.254.0.0', 16, 'ipv4'],
  [never, '224.0.0.0', 4, 'ipv4'],
  [never, '240.0.0.0', 4, 'ipv4'],
  [never, '::', 128, 'ipv6'],
  [never, 'fe80::', 10, 'ipv6'],
  [never, 'ff00::', 8, 'ipv6'],
  // Loopback, private, shared, for documentation and tests; where IPv4 hides in IPv6.
  [near, '127.0.0.0', 8, 'ipv4'],
  [near, '10.0.0.0', 8, 'ipv4'],
  [near, '100.64.0.0', 10, 'ipv4'],
  [near, '172.16.0.0', 12, 'ipv4'],
  [near, '192.0.0.0', 24, 'ipv4'],
  [near, '192.0.2.0', 24, 'ipv4'],
  [near, '192.88.99.0', 24, 'ipv4'],
  [near, '192.168.0.0', 16, 'ipv4'],
  [near, '198.18.0.0', 15, 'ipv4'],
  [near, '198.51.100.0', 24, 'ipv4'],
  [near, '203.0.113.0', 24, 'ipv4'],
  [near, '::', 96, 'ipv6'],
  [near, '64:ff9b::', 96, 'ipv6'],
  [near, '64:ff9b:1::', 48, 'ipv6'],
  [near, '100::', 64, 'ipv6'],
  [near, '2001::', 23, 'ipv6'],
  [near, '2001:db8::', 32, 'ipv6'],
  [near, '2002::', 16, 'ipv6'],
  [near, 'fc00::', 7, 'ipv6'],
] as const)
  list.addSubnet(address, bits, kind);

export type Reach = 'public' | 'private' | 'never';

/** `own` are the addresses of this machine, public ones too. */
export function reachOf(address: string, own: ReadonlySet<string>): Reach {
  const bare = address.split('%')[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? mappedHex(bare);
  if (mapped !== null) return reachOf(mapped, own);
  const version = isIP(bare);
  if (version === 0) return 'never';
  const kind = version === 4 ? 'ipv4' : 'ipv6';
  if (never.check(bare, kind)) return 'never';
  return near.check(bare, kind) || own.has(bare) ? 'private' : 'public';
}

/** `::ffff:7f00:1` is 127.0.0.1 too. */
function mappedHex(address: string): string | null {
  const found = /^(?:::|(?:0{1,4}:){5})ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (found === null) return null;
  const [high, low] = [Number.parseInt(found[1] ?? '', 16), Number.parseInt(found[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Whether a host (with its port, unless that is the scheme's own) is one of those named. */
export function hostMatches(host: string, named: readonly string[]): boolean {
  const [name = '', port = ''] = host.split(':');
  return named.some((pattern) => {
    const [wanted = '', wantedPort = ''] = pattern.split(':');
    if (port !== wantedPort) return false;
    return wanted.startsWith('*.')
      ? name.endsWith(wanted.slice(1)) && name.length > wanted.length - 1
      : name === wanted;
  });
}
