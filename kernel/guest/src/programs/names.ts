/** Names a program finds without asking: an image has none of its own, since whoever runs it writes them. */
import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Paths } from '../files/paths.ts';

const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * `/etc/hosts` of a new root as the container has it, where the image left it empty: `localhost`, and the service itself.
 *
 * @param hosts the container's
 */
export function giveNames(root: string, paths: Paths, hosts = '/etc/hosts'): void {
  try {
    const place = paths.place(`${root}/etc/hosts`, { follow: true, change: true });
    try {
      const descriptor = openSync(place.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
      try {
        const found = fstatSync(descriptor);
        if (found.isFile() && found.size === 0) writeFileSync(descriptor, readFileSync(hosts));
      } finally {
        closeSync(descriptor);
      }
    } finally {
      place.close();
    }
  } catch {
    // An image without such a folder goes without.
  }
}
