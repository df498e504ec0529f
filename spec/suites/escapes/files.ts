/** After files: of the machine, of Hearth, of other services. */
import { attempts, everywhere } from './table.ts';

export const fileAttempts = [
  ...attempts(everywhere, {
    'the secret by its path': `slurp($secret)`,
    'the secret from the first process': `join '', map { slurp("$_$secret") } glob '/proc/[0-9]*/root'`,
    'the secret from a working folder': `join '', map { my $at = $_; map { slurp("$at/" . '../' x $_ . $secret) } 1 .. 12 } glob '/proc/[0-9]*/cwd'`,
    'the secret from an open file': `my $got = ''; for my $at (glob '/proc/[0-9]*/fd/*') { $got .= slurp("$at/" . '../' x 12 . $secret) } $got`,
    'the secret by a map of a process': `my $got = ''; for (glob '/proc/[0-9]*/map_files/*') { my $to = readlink or next; $got .= " $to" if index($to, $word) >= 0 } $got`,
    'leaving a root by another': `mkdir '/tmp/jail'; chroot '/tmp/jail' or return ''; chdir '..' for 1 .. 30; chroot '.'; slurp($secret)`,
    'leaving a root by an open folder': `opendir my $d, '/'; mkdir '/tmp/jail2'; chroot '/tmp/jail2' or return ''; chdir $d; chdir '..' for 1 .. 30; slurp(".$secret")`,
    'a file by its handle': `my $got = ''; for my $at ('/', '/media/startos/volumes/main', '/data', '/etc/hosts', '/opt/hearth') { sysopen my $f, $at, 0 or next; for my $inode (2, 128, 256) { my $h = pack 'LlLL', 8, 1, $inode, 0; my $fd = syscall(number('open_by_handle_at'), fileno $f, $h, 0); $got .= " $at $inode" if $fd >= 0 } } $got`,
    'a device of the machine': `my $got = ''; my @kinds = ([0060666, 0xfe00], [0060666, 0x700], [0060666, 0x800], [0020666, 0x101], [0020666, 0x104], [0020666, 0x10b]); my $n = 0; for my $folder ('/tmp', '/dev', '/data', '/media/startos/volumes/main', '/run') { for (@kinds) { my $at = "$folder/device" . $n++; syscall(number('mknod'), $at, $_->[0], $_->[1]) == 0 or next; $got .= " $at" if open my $f, '+<', $at; unlink $at } } $got`,
    'a device that is there': `my %fine = map { $_ => 1 } qw(null zero full random urandom tty console ptmx); my $got = ''; for (glob '/dev/* /dev/*/*') { next if -l || !(-b || -c); next if m{/pts/} || $fine{(split m{/})[-1]}; $got .= " $_" if open my $f, '<', $_ } $got`,
    'a loop device': `sysopen(my $f, '/dev/loop-control', 2) ? 'opened' : ''`,
    "the release's own files": `my $got = ''; for ('/opt/hearth/node', '/opt/hearth/guest/guest.mjs', '/opt/hearth/guest/escaped', '/usr/lib/startos/package/index.js', '/usr/lib/startos/package/escaped', '/media/startos/images/main.json', '/media/startos/images/main/escaped') { next unless -d (m{(.*)/})[0]; $got .= " $_" if made($_, 'escaped') || unlink $_ } $got`,
    'a program of the base system that runs': `my $got = ''; for (glob '/proc/[0-9]*/exe') { my $to = readlink; next if !defined $to || $to =~ m{^/(bin|lib)}; $got .= " $to" if open my $f, '+<', $_ } $got`,
    "the host's socket replaced": `my $got = ''; my $at = '/media/startos/rpc'; -d $at or return ''; $got .= ' written' if made("$at/escaped", 'x'); $got .= ' unlinked' if unlink "$at/host.sock"; $got .= ' renamed' if rename "$at/host.sock", "$at/other.sock"; $got .= ' mode' if chmod 0777, $at; $got`,
    "sockets of Hearth's own": `my $got = ''; for my $run ($run, '/run/hearth', '/run', '/var/run') { for ("$run/engine.sock", "$run/kernel/kernel.sock", "$run/kernel/admin.sock", "$run/docker.sock", "$run/dbus/system_bus_socket") { socket my $s, 1, 1, 0; $got .= " $_" if connect $s, Socket::pack_sockaddr_un($_) } } $got`,
    'a socket without a name': `socket my $s, 1, 1, 0; connect($s, Socket::pack_sockaddr_un("\\0$abstract")) ? 'connected' : ''`,
    'names of the machine': `join ' ', grep { -e } $run, "$data/engine", '/var/lib/hearth/engine', '/var/lib/lxc', '/proc/device-tree'`,
    'its own limits by cgroup': `my $got = ''; for (glob '/sys/fs/cgroup/{memory,pids,cpu,.}/{memory.limit_in_bytes,memory.max,pids.max,cpu.shares,cpu.weight,cpuset.cpus,release_agent,devices.allow}') { $got .= " $_" if wrote($_, '999999999999') } $got`,
    'cgroups above its own': `my $got = ''; mkdir '/tmp/above'; for ('memory', 'pids', 'cpu', 'devices') { mount_at('cgroup', '/tmp/above', 'cgroup', 0, $_) or next; $got .= changed_group('/tmp/above') } mount_at('none', '/tmp/above', 'cgroup2', 0) and $got .= changed_group('/tmp/above'); $got`,
    'a program for when a cgroup empties': `my $got = ''; for (split /\\n/, slurp('/proc/self/mountinfo')) { my $at = (split)[4]; next unless / - cgroup /; $got .= " $at" if wrote("$at/release_agent", "$marker") } $got`,
  }),
  ...attempts(['program'], {
    "the guest's own folders": `join ' ', grep { -e } '/opt/hearth', '/var/tmp/hearth', '/mnt/memory', '/media/startos/rpc', '/usr/lib/startos', '/var/log/hearth'`,
    'a descriptor that leaked': `opendir my $d, '/proc/self/fd'; my $own = fileno $d; my @left = grep { /^\\d+$/ && $_ > 2 && $_ != $own && readlink("/proc/self/fd/$_") !~ m{^(pipe:|/proc/)} } readdir $d; join ' ', map { readlink "/proc/self/fd/$_" } @left`,
    'programs of the guest': `my $got = ''; for (glob '/proc/[0-9]*/cmdline') { $got .= " $_" if slurp($_) =~ /guest\\.mjs|crun/ } $got`,
    'writing into cgroups': `my $got = ''; for (glob '/sys/fs/cgroup/* /sys/fs/cgroup/*/*') { $got .= " $_" if -f && open my $f, '>', $_ } for ('/sys/fs/cgroup', glob '/sys/fs/cgroup/*') { mkdir "$_/escaped"; $got .= " $_" if -e "$_/escaped/cgroup.procs" } $got`,
  }),
];
