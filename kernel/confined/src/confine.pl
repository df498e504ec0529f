# Puts the process that runs a confined plugin into a world of its own, then becomes it.
#
#   confine.pl KEY=VALUE... file=SOURCE:NAME... -- COMMAND ARGUMENT...
#
# Started in fresh namespaces (user, mount, pid, net, ipc, uts, cgroup) by unshare. What is left of the machine is a
# read-only folder in memory that holds the given files and the libraries Node needs; no network, no other process, no
# capability, and the system calls of the list below. Perl, because Debian always has it and its `syscall` reaches all
# this needs.
use strict;
use warnings;

my (%given, @files);
while (@ARGV) {
  my $word = shift @ARGV;
  last if $word eq '--';
  my ($key, $value) = split /=/, $word, 2;
  if ($key eq 'file') { push @files, [split /:/, $value, 2] } else { $given{$key} = $value }
}
my $machine = $given{machine} // '';
my $arm = $machine eq 'aarch64';
die "machine \"$machine\" is not known\n" unless $arm || $machine eq 'x86_64';

sub fail { my ($what) = @_; die "$what: $!\n" }
sub call { my ($what, $number, @arguments) = @_; my $answer = syscall($number, @arguments); fail($what) if $answer < 0; return $answer }

my $PRCTL   = $arm ? 167 : 157;
my $MOUNT   = $arm ? 40  : 165;
my $UMOUNT  = $arm ? 39  : 166;
my $PIVOT   = $arm ? 41  : 155;
my $PRLIMIT = $arm ? 261 : 302;
my $SECCOMP = $arm ? 277 : 317;

# Ends with the kernel: the ids were changed since unshare asked for that, which forgets it.
call('pdeathsig', $PRCTL, 1, 9, 0, 0, 0);

# The first to go when memory is short, the last to get a busy processor.
if (open my $score, '>', '/proc/self/oom_score_adj') { print $score "1000\n"; close $score }
setpriority(0, 0, $given{nice} // 10);

# A root of nothing but what was given. All of it is opened first: the root may hide where it comes from.
my $root = '/tmp';
my $triplet = $arm ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
for my $name (qw(libdl.so.2 libstdc++.so.6 libm.so.6 libgcc_s.so.1 libpthread.so.0 libc.so.6)) {
  my ($found) = grep { -e $_ } map { "$_/$name" } "/usr/lib/$triplet", "/lib/$triplet", '/usr/lib64', '/lib64';
  push @files, [$found, "lib/$name"] if defined $found;
}
my $loader = $arm ? 'lib/ld-linux-aarch64.so.1' : 'lib64/ld-linux-x86-64.so.2';
push @files, ["/$loader", $loader];
for my $file (@files) { open $file->[2], '<', $file->[0] or fail("file $file->[0]") }
my ($none, $tmpfs, $options) = ('none', 'tmpfs', 'size=64k,nr_inodes=64,mode=755');
call('mount of the root', $MOUNT, $tmpfs, $root, $tmpfs, 2 | 4, $options);
for my $file (@files) {
  my ($source, $name, $handle) = @$file;
  my $opened = '/proc/self/fd/' . fileno $handle;
  die "name \"$name\" is no plain one\n" if $name =~ m{(^|/)\.\.?(/|$)|^/|[\0]};
  my $made = $root;
  my @parts = split m{/}, $name;
  my $last = pop @parts;
  for my $part (@parts) { $made .= "/$part"; -d $made or mkdir $made, 0755 or fail("folder $made") }
  $made .= "/$last";
  open my $empty, '>', $made or fail("file $made");
  close $empty;
  call("mount of $source", $MOUNT, $opened, $made, $none, 4096, 0);
  close $handle;
  attributes($made);
}
attributes($root);
chdir $root or fail('chdir');
my $here = '.';
call('pivot_root', $PIVOT, $here, $here);
call('umount', $UMOUNT, $here, 2);
chdir '/' or fail('chdir');

# Read-only, no set-id programs, no devices.
sub attributes {
  my ($path) = @_;
  my $attributes = pack 'QQQQ', 1 | 2 | 4, 0, 0, 0;
  call("mount_setattr of $path", 442, -100, $path, 0, $attributes, 32);
}

# Bytes of written-to memory, files, processes, open files, core dumps.
limit(2,  $given{memory});
limit(1,  0);
limit(6,  $given{threads} // 64);
limit(7,  64);
limit(4,  0);

sub limit {
  my ($what, $value) = @_;
  return unless defined $value;
  my $both = pack 'QQ', $value, $value;
  call("limit $what", $PRLIMIT, 0, $what, $both, 0);
}

# Never again anything: no capability survives the next exec, none can be had.
call('no new privileges', $PRCTL, 38, 1, 0, 0, 0);
for my $capability (0 .. 63) { last if syscall($PRCTL, 24, $capability, 0, 0, 0) < 0 }

my %calls = (    # name => [x86_64, aarch64]
  access => [21], arch_prctl => [158], brk => [12, 214], capget => [125, 90], clock_getres => [229, 114],
  clock_gettime => [228, 113], clock_nanosleep => [230, 115], close => [3, 57], dup => [32, 23], dup2 => [33],
  dup3 => [292, 24], epoll_create1 => [291, 20], epoll_ctl => [233, 21], epoll_pwait => [281, 22],
  epoll_wait => [232], eventfd2 => [290, 19], execve => [59, 221], exit => [60, 93], exit_group => [231, 94],
  faccessat => [269, 48], faccessat2 => [439, 439], fcntl => [72, 25], fstat => [5, 80], futex => [202, 98],
  getcwd => [79, 17], getsockname => [51, 204], getsockopt => [55, 209], getegid => [108, 177], geteuid => [107, 175], getgid => [104, 176], getpid => [39, 172],
  getppid => [110, 173], getpriority => [140, 141], getrandom => [318, 278], getrusage => [98, 165],
  gettid => [186, 178], gettimeofday => [96, 169], getuid => [102, 174], lseek => [8, 62], lstat => [6],
  madvise => [28, 233], membarrier => [324, 283], mmap => [9, 222], mprotect => [10, 226], mremap => [25, 216],
  munmap => [11, 215], nanosleep => [35, 101], newfstatat => [262, 79], open => [2], openat => [257, 56],
  pipe2 => [293, 59], pkey_alloc => [330, 289], pkey_free => [331, 290], pkey_mprotect => [329, 288], poll => [7],
  ppoll => [271, 73], prctl => [157, 167], pread64 => [17, 67], prlimit64 => [302, 261], read => [0, 63],
  readlink => [89], readlinkat => [267, 78], readv => [19, 65], restart_syscall => [219, 128], rseq => [334, 293],
  rt_sigaction => [13, 134], rt_sigprocmask => [14, 135], rt_sigreturn => [15, 139], sched_getaffinity => [204, 123],
  sched_getparam => [143, 121], sched_getscheduler => [145, 120], sched_yield => [24, 124],
  set_robust_list => [273, 99], set_tid_address => [218, 96], sigaltstack => [131, 132], stat => [4],
  statx => [332, 291], sysinfo => [99, 179], tgkill => [234, 131], time => [201], uname => [63, 160],
  write => [1, 64], writev => [20, 66],
);
my $column = $arm ? 1 : 0;
my @allowed = sort { $a <=> $b } grep { defined } map { $calls{$_}[$column] } keys %calls;
my ($ALLOW, $ERRNO, $KILL) = (0x7fff0000, 0x00050000, 0x80000000);
my ($EPERM, $ENOTTY, $ENOSYS) = (1, 25, 38);
my ($CLONE, $CLONE3, $IOCTL) = $arm ? (220, 435, 29) : (56, 435, 16);
my @program;
sub load { push @program, [0x20, 0, 0, $_[0]] }
sub answer { push @program, [0x06, 0, 0, $_[0]] }
sub unless_equal { my ($value, $skip) = @_; push @program, [0x15, 0, $skip, $value] }

load(4);
unless_equal($arm ? 0xC00000B7 : 0xC000003E, 1);
push @program, [0x05, 0, 0, 1];
answer($KILL);
load(0);
# The second table of numbers x86_64 has.
unless ($arm) { push @program, [0x35, 0, 1, 0x40000000]; answer($ERRNO | $ENOSYS) }
# Threads, never processes; glibc asks with clone again when clone3 is not there.
unless_equal($CLONE3, 1);
answer($ERRNO | $ENOSYS);
unless_equal($CLONE, 4);
load(16);
push @program, [0x45, 0, 1, 0x00010000];
answer($ALLOW);
answer($ERRNO | $EPERM);
# Of a descriptor: do not block, close on exec. Anything else is for terminals and devices.
unless_equal($IOCTL, 6);
load(24);
for my $request (0x5421, 0x5450, 0x5451) { push @program, [0x15, $request == 0x5421 ? 3 : $request == 0x5450 ? 2 : 1, 0, $request] }
answer($ERRNO | $ENOTTY);
answer($ALLOW);
for my $number (@allowed) { unless_equal($number, 1); answer($ALLOW) }
answer($ERRNO | $EPERM);

my $code = join '', map { pack 'SCCL', @$_ } @program;
my $filter = pack 'S x6 P', scalar @program, $code;
# On every thread there is: one, before the program starts.
call('seccomp', $SECCOMP, 1, 1, $filter);

%ENV = (LANG => 'C.UTF-8');
exec { $ARGV[0] } @ARGV or fail("exec of $ARGV[0]");
