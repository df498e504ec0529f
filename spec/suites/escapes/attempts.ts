/**
 * Attempts to get out of a service's container, in the words of the machine itself: system calls, files, packets.
 *
 * Each is Perl, which every image and the base system have. Its value is what it got, as text; nothing (an empty text, 0)
 * when it was refused. `harness.ts` brings the words used here: `denied`, `wrote`, `number`, and the names of the canaries.
 */
import { fileAttempts } from './files.ts';
import { kernelAttempts } from './kernel.ts';
import { mountAttempts } from './mounts.ts';
import { networkAttempts } from './network.ts';
import { processAttempts } from './processes.ts';
import { attempts, everywhere } from './table.ts';

/** `container`: as root of the LXC container, as a guest that was taken over. `program`: in a subcontainer run by crun. */
export type Place = 'container' | 'program';

export interface Attempt {
  readonly what: string;
  readonly perl: string;
  /** Where it is an attempt at all; elsewhere it is allowed and harmless. */
  readonly places: readonly Place[];
}

const tables: readonly (readonly Attempt[])[] = [
  kernelAttempts,
  fileAttempts,
  mountAttempts,
  processAttempts,
  networkAttempts,
];

/** Things anybody may do: where these come out as refused, the words of the harness do not work. */
export const controls: readonly Attempt[] = attempts(everywhere, {
  'a file of its own': `slurp('/etc/hosts') . slurp('/proc/self/status')`,
  'a file made': `made('/tmp/control', 'x') && wrote('/tmp/control', 'x')`,
  'a port of the machine that is open to it': `dial($bridge, $open)`,
  'a packet to itself': `socket my $heard, 2, 2, 0; bind $heard, Socket::pack_sockaddr_in($port, Socket::inet_aton($own)); send_to($own, $port); recv $heard, my $text, 99, 0; $text`,
  'a frame of its own': `interface_index('eth0') && packet_socket() ? 'a socket' : ''`,
  'a system call': `syscall(number('prlimit64'), 0, 7, 0, my $limits = "\0" x 16) == 0 ? 'answered' : ''`,
});

export function attemptsFrom(place: Place): Attempt[] {
  return tables.flat().filter(({ places }) => places.includes(place));
}
