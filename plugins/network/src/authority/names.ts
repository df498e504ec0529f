/**
 * What Hearth's own authority may vouch for: private names and private addresses, nothing of the public internet.
 *
 * The owner's family trusts this root on their phones. Whoever steals it must not be able to pose as their bank.
 */
import { BlockList, isIP } from 'node:net';

/** Each stands for itself and for everything below it. */
export const privateSuffixes = ['local', 'localhost', 'startos', 'hearth'] as const;

/** As CIDR: RFC 1918, loopback, link-local, shared address space, and their likes of IPv6. */
export const privateRanges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;

const blocks = new BlockList();
for (const range of privateRanges) {
  const [address = '', bits = '0'] = range.split('/');
  blocks.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** True for an IPv4 or IPv6 address of a private range; false for anything else, also for text that is none. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && blocks.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** True for a lower-case DNS name under one of the private suffixes. */
export function isPrivateName(name: string): boolean {
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) return false;
  return privateSuffixes.some((suffix) => suffix === labels.at(-1));
}
