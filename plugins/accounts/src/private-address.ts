/** Whether an address can only be of this machine or its local network. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const blocks = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  blocks.addSubnet(network, bits, 'ipv4');
}
blocks.addAddress('::1', 'ipv6');
blocks.addSubnet('fc00::', 7, 'ipv6');
blocks.addSubnet('fe80::', 10, 'ipv6');

export function isPrivateAddress(address: string): boolean {
  const bare = address.split('%')[0] ?? '';
  if (isIPv4(bare)) return blocks.check(bare, 'ipv4');
  return isIPv6(bare) && blocks.check(bare, 'ipv6');
}
