/** After mounts: what is read-only made writable, what is hidden laid bare, what was never there brought in. */
import { attempts, everywhere } from './table.ts';

/** Folders of the container that are shared with others, or that only the machine may change. */
const closed = ['/', '/usr', '/opt/hearth', '/usr/lib/startos/package', '/media/startos/images', '/media/startos/rpc'];

export const mountAttempts = [
  ...attempts(everywhere, {
    'remounting what is read-only': `my $got = ''; for my $at (${closed.map((path) => `'${path}'`).join(', ')}) { for my $flags (4128, 32) { mount_at('', $at, '', $flags) } mount_set_writable($at); $got .= " $at" if -d $at && shared($at) && made("$at/escaped-$$", 'x') } $got`,
    'a copy of what is read-only': `my $got = ''; my $n = 0; for my $at (${closed.map((path) => `'${path}'`).join(', ')}) { my $to = '/tmp/copy' . $n++; mkdir $to; mount_at($at, $to, '', 4096 | 16384) or next; mount_at('', $to, '', 4096 | 32 | 16384); mount_set_writable($to); $got .= " $at" if shared($at) && made("$to/escaped-$$", 'x') } $got`,
    'a disk of the machine': `my $got = ''; mkdir '/tmp/disk'; for my $source ('/dev/vda', '/dev/sda', '/dev/loop0', '/tmp/device0', $secret) { for my $type ('ext4', 'btrfs', 'xfs', 'squashfs', 'vfat') { $got .= " $source" if mount_at($source, '/tmp/disk', $type, 0) } } $got`,
    'devices of the machine as a file system': `mkdir '/tmp/devices'; mount_at('none', '/tmp/devices', 'devtmpfs', 0) or return ''; join ' ', grep { -b } glob '/tmp/devices/*'`,
    'what the kernel shows of itself': `my $got = ''; mkdir '/tmp/kernel'; for ('debugfs', 'tracefs', 'securityfs', 'configfs', 'efivarfs', 'pstore') { $got .= " $_" if mount_at('none', '/tmp/kernel', $_, 0) } $got`,
    'settings by a fresh /proc': `mkdir '/tmp/proc'; mount_at('proc', '/tmp/proc', 'proc', 0) or return ''; wrote('/tmp/proc/sys/kernel/core_pattern', 'hearth-escape') . wrote('/tmp/proc/sysrq-trigger', 'h')`,
    'settings by a fresh /sys': `mkdir '/tmp/sys'; mount_at('sysfs', '/tmp/sys', 'sysfs', 0) or return ''; wrote('/tmp/sys/kernel/uevent_helper', '/bin/false') . wrote('/tmp/sys/power/wake_lock', 'x')`,
    'settings by uncovering /proc': `for ('/proc/sys', '/proc/sysrq-trigger', '/proc/sys/net', '/proc') { my $at = $_; for my $flags (0, 2) { syscall(number('umount2'), $at, $flags) } mount_at('', $at, '', 4128) } wrote('/proc/sys/kernel/core_pattern', 'hearth-escape') . wrote('/proc/sysrq-trigger', 'h')`,
    'what lies beneath a mount': `my $got = ''; for ('/opt/hearth', '/media/startos/rpc', '/media/startos/volumes', '/usr/lib/startos/package', '/dev', '/sys', '/proc', '/run') { my $at = $_; syscall(number('umount2'), $at, 2) for 1 .. 5; $got .= slurp("$at$secret") } $got`,
    "programs of the machine's by cgroup": `my $got = ''; mkdir '/tmp/cg'; for my $options ('rdma', 'memory', 'none,name=hearth', 'misc') { mount_at('cgroup', '/tmp/cg', 'cgroup', 0, $options) or next; $got .= " $options" if wrote('/tmp/cg/release_agent', $marker) } $got`,
    'a binary format of its own': `mkdir '/tmp/formats'; mount_at('none', '/tmp/formats', 'binfmt_misc', 0); for ('/tmp/formats/register', '/proc/sys/fs/binfmt_misc/register') { wrote($_, ':hearth-escape:M::\\x7fHEARTH::/bin/false:F') } ''`,
    'another root by pivot': `mkdir '/tmp/new'; mount_at('/tmp/new', '/tmp/new', '', 4096); mkdir '/tmp/new/old'; my ($new, $old) = ('/tmp/new', '/tmp/new/old'); syscall(number('pivot_root'), $new, $old) == 0 or return ''; slurp("/old$secret")`,
    'a file system by descriptor': `my ($type, $key, $value) = ('ext4', 'source', '/dev/vda'); my $fs = syscall(number('fsopen'), $type, 0); $fs < 0 and return ''; syscall(number('fsconfig'), $fs, 1, $key, $value, 0); syscall(number('fsconfig'), $fs, 6, 0, 0, 0) == 0 ? 'made' : ''`,
    'new name spaces for all of it': `syscall(number('unshare'), 0x10000000 | 0x20000) == 0 or return ''; my $got = ''; for my $at (${closed.map((path) => `'${path}'`).join(', ')}) { mount_at('', $at, '', 4128); mount_set_writable($at); $got .= " $at" if shared($at) && made("$at/escaped-$$", 'x') } $got . wrote('/proc/sys/kernel/core_pattern', 'hearth-escape')`,
  }),
  ...attempts(['program'], {
    'any mount': `mount_at('none', '/tmp', 'tmpfs', 0) ? 'mounted' : ''`,
    'any unmount': `my $at = '/proc'; syscall(number('umount2'), $at, 2) == 0 ? 'gone' : ''`,
    'a mount by descriptor': `my $type = 'tmpfs'; denied(syscall(number('fsopen'), $type, 0)) . do { my $at = '/'; denied(syscall(number('open_tree'), -100, $at, 1)) }`,
    'a user name space': `denied(syscall(number('unshare'), 0x10000000))`,
    'a user name space by clone': `my $pid = syscall(number('clone'), 0x10000000 | 17, 0, 0, 0, 0); exit 0 if $pid == 0; denied($pid)`,
    'a user name space by clone3': `my $a = pack 'QQQQQQQQ', 0x10000000, 0, 0, 0, 17, 0, 0, 0; my $pid = syscall(number('clone3'), $a, 64); exit 0 if $pid == 0; denied($pid)`,
    'any other name space': `join ' ', grep { $_ } map { denied(syscall(number('unshare'), $_)) } 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000`,
  }),
];
