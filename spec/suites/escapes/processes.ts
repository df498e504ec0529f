/** After processes: the machine's, the guest's, those of other subcontainers. */
import { attempts, everywhere } from './table.ts';

export const processAttempts = [
  ...attempts(everywhere, {
    'a process of the machine killed': `join ' ', grep { kill 0, $_ } @pids`,
    'a process of the machine traced': `join ' ', grep { syscall(number('ptrace'), 16, $_, 0, 0) == 0 } @pids`,
    'memory of a process of the machine': `my $b = "\\0" x 8; my $v = pack 'PQ', $b, 8; join ' ', grep { syscall(number('process_vm_readv'), $_, $v, 1, $v, 1, 0) > 0 } @pids`,
    'a process of the machine by descriptor': `join ' ', grep { syscall(number('pidfd_open'), $_, 0) >= 0 } @pids`,
    'name spaces of the machine': `my $got = ''; for my $pid (@pids) { for ('mnt', 'net', 'pid', 'user') { $got .= " $pid $_" if open my $f, '<', "/proc/$pid/ns/$_" } } $got`,
    'more processes than it may have': `my $n = 0; my @made; while ($n < 2000) { my $pid = fork; last unless defined $pid; if (!$pid) { sleep 60; exit } push @made, $pid; $n++ } kill 'KILL', @made; waitpid $_, 0 for @made; $n >= 2000 ? "$n processes" : ''`,
  }),
  ...attempts(['program'], {
    'name spaces of the first process': `my $got = ''; for my $ns ('mnt', 'pid', 'net', 'user', 'ipc', 'cgroup', 'uts') { open my $f, '<', "/proc/1/ns/$ns" or next; $got .= " $ns" if syscall(number('setns'), fileno $f, 0) == 0 } $got`,
    'more rights by a program': `my $got = ''; for (grep { -e } '/bin/su', '/bin/mount', '/bin/newuidmap') { $got .= " $_" if -u } my ($bounding) = slurp('/proc/self/status') =~ /CapBnd:\\s+(\\w+)/; hex($bounding) & ~0xa80425fb ? "$got $bounding" : ''`,
    'a capability it was not given': `my $h = pack 'LL', 0x20080522, 0; my $d = pack 'LLLLLL', (0xffffffff) x 3, (0x1ff) x 3; denied(syscall(number('capset'), $h, $d))`,
    'words typed into a terminal': `my $got = ''; for ('/dev/tty', '/dev/console', glob '/dev/pts/[0-9]*') { sysopen my $f, $_, 2 | 2048 | 256 or next; my $c = 'x'; $got .= " $_" if ioctl $f, 0x5412, $c } $got`,
  }),
];
