/** Whether an address is of a private network: the only ones a server may be set up from. */
import { BlockList, isIP } from 'node:net';

const networks = new BlockList();
for (const [address, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  networks.addSubnet(address, prefix, 'ipv4');
networks.addAddress('::1', 'ipv6');
networks.addSubnet('fc00::', 7, 'ipv6');
networks.addSubnet('fe80::', 10, 'ipv6');

/** IPv4 written as IPv6 counts as what it is. */
export function isNearby(address: string): boolean {
  const bare = address.split('%')[0] ?? '';
  const version = isIP(bare);
  return version !== 0 && networks.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}
