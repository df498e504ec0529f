/** As whom the kernel starts the process of a plugin, and whether it may at all. */
import { readFileSync } from 'node:fs';
import { arch, userInfo } from 'node:os';
import { confinedCommand, confinedSlots } from '@hearth/contract';
import { errors } from './errors.ts';

export interface Place {
  /** Folder of the release. */
  readonly runtime: string;
  readonly slot: number;
  /** Further words for Node, in tests. */
  readonly further?: readonly string[];
}

/** Program and arguments. Throws `plugins.cannotConfine` where there is no block of ids. */
export function ownCommand({ runtime, slot, further = [] }: Place): readonly [string, readonly string[]] {
  const [user, group] = [idOf('/etc/subuid', slot), idOf('/etc/subgid', slot)];
  const machine = arch() === 'arm64' ? 'aarch64' : 'x86_64';
  return confinedCommand({ runtime, user, group, machine, further });
}

/** False where the kernel can have no more rights than it has, not even over ids of its own: the boot image runs it so. */
export function mayConfine(): boolean {
  return !/^NoNewPrivs:\s*1$/m.test(readFileSync('/proc/self/status', 'utf8'));
}

/** The n-th id from the end of the block of the user this runs as: image builds begin at the other end. */
function idOf(file: string, slot: number): number {
  const { username, uid } = userInfo();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw errors.cannotConfine({ reason: `${file} cannot be read` }, error);
  }
  for (const line of text.split('\n')) {
    const [owner, first, count] = line.trim().split(':');
    if ((owner === username || owner === String(uid)) && Number(count) > confinedSlots)
      return Number(first) + Number(count) - 1 - slot;
  }
  throw errors.cannotConfine({ reason: `${file} gives no ids to ${username}` });
}
