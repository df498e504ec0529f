/**
 * The way of restic to a repository that the kernel serves. restic speaks its REST protocol (HTTP 2) over the standard
 * input and output of a program it starts, meant to be rclone: here it is a few lines that carry the bytes to a socket of
 * the kernel's and back. So there is no port anywhere, and restic needs no network. The program runs as the kernel's
 * own user: whatever the kernel put where the socket should be, it leads nowhere the kernel could not go itself.
 */

/** The last argument is the path of the socket. Two processes, one a direction: neither waits for the other. */
const relayScript = String.raw`
use strict;
use Socket;
$SIG{PIPE} = 'IGNORE';
socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
connect($socket, pack_sockaddr_un($ARGV[-1])) or die "the kernel does not serve it: $!\n";
sub carry {
  my ($from, $to) = @_;
  while (sysread($from, my $bytes, 65536)) {
    for (my $done = 0; $done < length $bytes;) { $done += syswrite($to, $bytes, 65536, $done) // return }
  }
}
my $child = fork // die "fork: $!\n";
if ($child == 0) { carry(*STDIN, $socket); shutdown($socket, 1); exit 0 }
carry($socket, *STDOUT);
kill 'KILL', $child;
`;

const name = 'HEARTH_RELAY';

/** The script is no argument: restic splits its options at commas. */
export const relayEnvironment: Readonly<Record<string, string>> = { [name]: relayScript };

export function relayOptions({ uid, gid }: { readonly uid: number; readonly gid: number }): readonly string[] {
  const user = [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  const program = [...user, 'perl', '-e', `eval($ENV{${name}});die($@)if($@)`, '--'];
  return ['-o', `rclone.program=${program.join(' ')}`, '-o', 'rclone.args=', '-o', 'rclone.connections=4'];
}
