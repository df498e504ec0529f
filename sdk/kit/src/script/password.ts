import type { Host } from '../node/host.ts';

/** Without look-alikes, for those who type. */
const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Bytes that would favour some letters are thrown away. */
export function password(host: Host, length = 24): string {
  const fair = 256 - (256 % letters.length);
  let made = '';
  while (made.length < length) {
    for (const byte of host.random(length)) {
      if (byte < fair && made.length < length) made += letters.charAt(byte % letters.length);
    }
  }
  return made;
}
