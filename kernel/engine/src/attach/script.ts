/**
 * The helper that binds trees by descriptors: what Node has no system calls for. Perl is essential on every Debian.
 *
 * Descriptors come in pairs from 3 on. The first of a pair is the source (O_PATH); the second is the target (O_PATH,
 * `target=descriptor`) or, for the only pair, a mount namespace (`target=namespace`), in which `location` is walked
 * without following links, making what is missing as `owner`. `trees` has letters for each pair: d no setuid programs
 * and no devices, r read-only, x no programs, m by the id map, s a mount that is shared with whoever takes it over. It never runs a program after it entered a namespace. Numbers of open_tree, mount_setattr and move_mount are the
 * same everywhere; the older calls differ between x86_64 and aarch64.
 */
export const attachScript = String.raw`
use strict;
my %o = map { split /=/, $_, 2 } @ARGV;
my ($SETNS, $UNSHARE, $OPENAT, $MKDIRAT) = $o{machine} eq 'aarch64' ? (268, 97, 56, 34) : (308, 272, 257, 258);
my ($PATH, $NOFOLLOW, $CLOEXEC, $CREATE) = (010000000, 0400000, 02000000, 01 | 0100 | 0200);
my $DIRECTORY = $o{machine} eq 'aarch64' ? 040000 : 0200000;
$NOFOLLOW = 0100000 if $o{machine} eq 'aarch64';
my $empty = '';
my $ns;
my $file = $o{kind} eq 'file';

sub mapped_namespace {
  my ($lines) = @_;
  pipe my $ready_out, my $ready_in;
  pipe my $done_out, my $done_in;
  my $child = fork;
  die "fork: $!\n" unless defined $child;
  if (!$child) {
    close $done_in;
    syscall($UNSHARE, 0x10000000) == 0 or exit 1;
    syswrite $ready_in, 'x';
    sysread $done_out, my $end, 1;
    exit 0;
  }
  close $ready_in; close $done_out;
  sysread($ready_out, my $ready, 1) == 1 or die "user namespace\n";
  for my $name ('uid_map', 'gid_map') {
    open my $map, '>', "/proc/$child/$name" or die "$name: $!\n";
    my $done = syswrite $map, $lines;
    die "$name: $!\n" unless defined $done && $done == length $lines;
  }
  open my $ns, '<', "/proc/$child/ns/user" or die "user namespace: $!\n";
  close $done_in;
  waitpid $child, 0;
  return $ns;
}

sub as_owner {
  my ($work) = @_;
  local ($!);
  $) = "$o{owner} $o{owner}"; $> = $o{owner};
  my $result = $work->();
  my $failure = $! + 0;
  $> = 0; $) = '0 0';
  $! = $failure;
  return ($result, $failure);
}

sub walk {
  my @parts = grep { $_ ne '' && $_ ne '.' } split m{/}, $o{location};
  my $at = syscall($OPENAT, -100, my $root = '/', $PATH | $DIRECTORY | $CLOEXEC, 0);
  die "root: $!\n" if $at < 0;
  while (@parts) {
    my $part = shift @parts;
    die "location: leaves its root\n" if $part eq '..';
    my $flags = $PATH | $NOFOLLOW | $CLOEXEC | (@parts || !$file ? $DIRECTORY : 0);
    my $next = syscall($OPENAT, $at, $part, $flags, 0);
    if ($next < 0 && $!{ENOENT}) {
      my ($made, $failure) = as_owner(sub {
        return syscall($MKDIRAT, $at, $part, 0755) if @parts || !$file;
        return syscall($OPENAT, $at, $part, $CREATE | $NOFOLLOW | $CLOEXEC, 0644);
      });
      if ($made < 0 && $failure != 17) { $! = $failure; die "location $part: $!\n" }
      $next = syscall($OPENAT, $at, $part, $flags, 0);
    }
    die "location $part: $!\n" if $next < 0;
    $at = $next;
  }
  return $at;
}

sub set_attributes {
  my ($tree, $set, $propagation) = @_;
  my $attributes = pack 'QQQQ', $set, 0, $propagation, $set & 0x100000 ? fileno $ns : 0;
  syscall(442, $tree, $empty, 0x1000, $attributes, 32) == 0 or die "mount_setattr: $!\n";
}

$ns = mapped_namespace(join '', map { tr/:/ /; "$_\n" } split /,/, $o{map}) if $o{map};
my $next = 3;
for my $wanted (split /,/, $o{trees}) {
  my ($source, $target) = ($next, $next + 1);
  $next += 2;
  my $tree = syscall(428, $source, $empty, 0x1000 | 1 | $CLOEXEC);
  die "open_tree: $!\n" if $tree < 0;
  my $set = 0;
  $set |= 2 | 4 if $wanted =~ /d/;
  $set |= 1 if $wanted =~ /r/;
  $set |= 8 if $wanted =~ /x/;
  $set |= 0x100000 if $wanted =~ /m/ && $ns;
  set_attributes($tree, $set, 0) if $set;
  if ($o{target} eq 'namespace') {
    syscall($SETNS, $target, 0x20000) == 0 or die "setns: $!\n";
    $target = walk();
  }
  syscall(429, $tree, $empty, $target, $empty, 4 | 0x40) == 0 or die "move_mount: $!\n";
  # Private first: a group of its own, whatever it was put into.
  if ($wanted =~ /s/) { set_attributes($tree, 0, $_) for 1 << 18, 1 << 20 }
}
`;
