/** The Perl around the attempts: words they use, a process and a deadline for each, one line for what came of it. */
import type { Attempt, Place } from './attempts.ts';

/** What the attempts are after: all of it lies outside the container. */
export interface Canaries {
  /** Path of a file of the machine, and the word in it. */
  readonly secret: string;
  readonly word: string;
  /** A path of the machine that a program started outside would make. */
  readonly marker: string;
  /** Folders of Hearth on the machine. */
  readonly run: string;
  readonly data: string;
  /** Processes of the machine. */
  readonly pids: readonly number[];
  /** Addresses: the container's own, another service's, the bridge's, one of the machine's beyond it. */
  readonly own: string;
  readonly victim: string;
  readonly bridge: string;
  readonly outside: string;
  readonly victim_mac: string;
  readonly own_mac: string;
  /** IPv6 addresses on the bridge. */
  readonly link_local: readonly string[];
  /** Listened on by the machine and by the other service. */
  readonly port: number;
  /** A port of the machine at the bridge's address that the container may reach. */
  readonly open: number;
  /** Name of a unix socket the machine listens on, without a file. */
  readonly abstract: string;
}

export interface Outcome {
  readonly what: string;
  readonly end: 'refused' | 'got' | 'hung' | 'died';
  readonly words: string;
}

/** No attempt may take longer. Seconds. */
const limit = 20;

const numbers =
  'ptrace 101 setpriority 141 syslog 103 mknod 133 pivot_root 155 adjtimex 159 acct 163 umount2 166 mount 165 swapon 167 reboot 169 sethostname 170 iopl 172 ioperm 173 init_module 175 delete_module 176 quotactl 179 clone 56 sched_setscheduler 144 clock_settime 227 kexec_load 246 add_key 248 request_key 249 keyctl 250 unshare 272 capset 126 perf_event_open 298 fanotify_init 300 prlimit64 302 open_by_handle_at 304 setns 308 process_vm_readv 310 finit_module 313 bpf 321 userfaultfd 323 io_uring_setup 425 open_tree 428 fsopen 430 fsconfig 431 pidfd_open 434 clone3 435 pidfd_getfd 438 mount_setattr 442';

const words = String.raw`
sub number { $numbers{$_[0]} // die "no number of $_[0]\n" }
sub denied { my ($answer) = @_; return '' if $answer < 0 && ($!{EPERM} || $!{EACCES} || $!{ENOSYS}); "answered $answer ($!)" }
sub made { my ($path, $text) = @_; open my $file, '>', $path or return ''; print $file $text; close $file; " $path made" }
sub wrote { my ($path, $text) = @_; -e $path or return ''; open my $file, '>', $path or return ''; defined syswrite $file, $text and close $file or return ''; " $path written" }
sub changed_group {
  my ($at) = @_; my $got = '';
  for my $group (glob "$at/lxc.monitor.* $at/system.slice $at/user.slice $at/init.scope") { $got .= wrote("$group/cgroup.procs", $$) }
  $got .= wrote("$at/release_agent", $marker); $got .= wrote("$at/notify_on_release", '1') if -e "$at/release_agent"; $got;
}
sub slurp { my ($path) = @_; open my $file, '<', $path or return ''; local $/; my $text = <$file>; $text // '' }
sub shared { $place eq 'container' || $_[0] !~ m{^(/|/usr)$} }
sub mount_at { my ($source, $target, $type, $flags, $data) = @_; $data //= ''; syscall(number('mount'), $source, $target, $type, $flags, $data) == 0 }
sub mount_set_writable { my ($path) = @_; my $set = pack 'QQQQ', 0, 1, 0, 0; syscall(number('mount_setattr'), -100, $path, 0, $set, 32) }
sub dial {
  my ($to, $at, $from) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => $to, PeerPort => $at, Timeout => 0.7, $from ? (LocalAddr => $from) : ()) or return '';
  print $socket "hearth-escape\n"; " $to:$at is open";
}
sub dial6 {
  my ($to, $at) = @_;
  socket(my $socket, 10, 1 | 2048, 0) or return '';
  my $peer = Socket::pack_sockaddr_in6($at, Socket::inet_pton(10, $to), interface_index('eth0'), 0);
  connect $socket, $peer; my $set = ''; vec($set, fileno $socket, 1) = 1;
  select(undef, $set, undef, 0.7) or return ''; unpack('i', getsockopt($socket, 1, 4)) == 0 ? " $to:$at is open" : '';
}
sub send_to { my ($to, $at) = @_; socket(my $socket, 2, 2, 0) or return; send $socket, 'hearth-escape', 0, Socket::pack_sockaddr_in($at, Socket::inet_aton($to)) for 1 .. 3 }
sub interface_index { my $request = pack 'a16x24', $_[0]; socket(my $socket, 2, 2, 0) or return 0; ioctl $socket, 0x8933, $request or return 0; unpack 'x16i', $request }
sub packet_socket { socket(my $socket, 17, 3, unpack 'S', pack 'n', 3) or return; $socket }
sub raw_ip {
  my ($from, $to, $at) = @_;
  socket(my $socket, 2, 3, 255) or return;
  my $udp = pack('nnnn', 999, $at, 21, 0) . 'hearth-escape';
  my $ip = pack('CCnnnCCn', 0x45, 0, 20 + length $udp, 1, 0, 64, 17, 0) . Socket::inet_aton($from) . Socket::inet_aton($to);
  send $socket, $ip . $udp, 0, Socket::pack_sockaddr_in(0, Socket::inet_aton($to)) for 1 .. 3;
}
sub arp {
  my ($claim, $to, $device) = @_;
  $device //= 'eth0'; my $socket = packet_socket() or return;
  my $mac = slurp("/sys/class/net/$device/address"); chomp $mac; my $hardware = pack 'H*', $mac =~ tr/://dr;
  my $frame = "\xff" x 6 . $hardware . pack('nnnCCn', 0x806, 1, 0x800, 6, 4, 2) . $hardware . Socket::inet_aton($claim) . "\xff" x 6 . Socket::inet_aton($to);
  send $socket, $frame, 0, pack('SnlSCCa8', 17, 0x806, interface_index($device), 1, 0, 6, "\xff" x 6) for 1 .. 5;
}
sub alias {
  my ($address) = @_;
  socket(my $socket, 2, 2, 0) or return;
  my $request = defined $address ? pack('a16', 'eth0:7') . Socket::pack_sockaddr_in(0, Socket::inet_aton($address)) . "\0" x 8 : pack 'a16S', 'eth0:7', 0;
  ioctl $socket, defined $address ? 0x8916 : 0x8914, $request;
}
`;

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

function variables(canaries: Canaries): string {
  const lines = Object.entries(canaries).map(([name, value]) =>
    Array.isArray(value)
      ? `our @${name} = (${value.map((item) => quoted(String(item))).join(', ')});`
      : `our $${name} = ${quoted(String(value))};`,
  );
  return lines.join('\n');
}

/** A script that makes every attempt, each in a process and a mount name space of its own, and prints a line for each. */
export function scriptOf(place: Place, attempts: readonly Attempt[], canaries: Canaries): string {
  return `
use strict; use Errno; use Socket (); use IO::Socket::INET; use POSIX ();
our %numbers = qw(${numbers});
our $place = ${quoted(place)};
${variables(canaries)}
our $me = Socket::inet_aton($own);
@pids = grep { !-e "/proc/$_" } @pids;
${words}
$| = 1;
sub attempt {
  my ($what, $work) = @_;
  pipe my $out, my $in;
  my $child = fork // do { print "$what\\tdied\\tno process\\n"; return };
  if (!$child) {
    POSIX::setpgid(0, 0);
    syscall(number('unshare'), 0x20000); mount_at('', '/', '', 278528);
    open STDERR, '>', '/dev/null';
    my $got = eval { $work->() } // ''; $got = 'died: ' . $@ if $@;
    syswrite $in, "=$got"; POSIX::_exit(0);
  }
  close $in;
  my ($text, $end) = ('', time + ${limit});
  while (time < $end) {
    my $set = ''; vec($set, fileno $out, 1) = 1;
    select($set, undef, undef, 0.5) or next;
    sysread($out, $text, 4096, length $text) or last;
  }
  my $hung = time >= $end; kill 'KILL', -$child; waitpid $child, 0;
  my $words = substr $text, 1; $words =~ s/[^\\x20-\\x7e]/ /g; $words = '' if $words eq '0';
  my $how = $hung ? 'hung' : $text eq '' || $words =~ /^died: / ? 'died' : $words =~ /\\S/ ? 'got' : 'refused';
  print "$what\\t$how\\t", substr($words, 0, 500), "\\n";
}
${attempts.map(({ what, perl }) => `attempt(${quoted(what)}, sub { ${perl} });`).join('\n')}
print "end\\tend\\t\\n";
`;
}

/** @throws where the script itself ended before its last attempt */
export function outcomesOf(text: string): Outcome[] {
  const lines = text.split('\n').filter(Boolean);
  if (lines.pop() !== 'end\tend\t') throw new Error(`The attempts ended too early: ${text.slice(-500)}`);
  return lines.map((line) => {
    const [what = '', end = '', said = ''] = line.split('\t');
    return { what, end: end as Outcome['end'], words: said };
  });
}
