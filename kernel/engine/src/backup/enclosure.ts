/**
 * Where restic runs: a mount namespace in which the whole machine is read-only, but for the repository, restic's cache
 * and its scratch folder. Whatever links somebody plants in a repository, or in a snapshot, nothing else is written.
 *
 * Descriptor 3 is the repository, walked to and not named. The first argument is where it is to be seen, or empty where
 * the kernel serves it; then come the folders that stay writable, `--`, and the program.
 */
export const enclosureScript = String.raw`
use strict;
my $unshare = shift eq 'aarch64' ? 97 : 272;
my ($place, @writable) = shift;
while (@ARGV && (my $next = shift) ne '--') { push @writable, $next }
my ($empty, $root, $CWD, $RECURSIVE, $CLOEXEC) = ('', '/', -100, 0x8000, 02000000);
sub copy_of {
  my ($at, $path, $flags) = @_;
  my $tree = syscall(428, $at, $path, $flags | 1 | $CLOEXEC);
  die "enclosure: open_tree: $!\n" if $tree < 0;
  return $tree;
}
sub put {
  my ($tree, $path) = @_;
  syscall(429, $tree, $empty, $CWD, $path, 4) == 0 or die "enclosure: move_mount $path: $!\n";
}
sub set {
  my ($path, $flags, $set, $clear, $propagation) = @_;
  my $attributes = pack 'QQQQ', $set, $clear, $propagation, 0;
  syscall(442, $CWD, $path, $flags, $attributes, 32) == 0 or die "enclosure: mount_setattr $path: $!\n";
}
# Before the namespace is another: what a descriptor leads to belongs to this one.
my $repository = $place eq '' ? undef : copy_of(3, $empty, 0x1000);
syscall($unshare, 0x20000) == 0 or die "enclosure: unshare: $!\n";
set($root, $RECURSIVE, 0, 0, 0x40000);
put(copy_of($CWD, $_, 0), $_) for @writable;
put($repository, $place) if defined $repository;
set($root, $RECURSIVE, 1, 0, 0);
set($_, 0, 0, 1, 0) for grep { $_ ne '' } $place, @writable;
exec { $ARGV[0] } @ARGV or die "enclosure: $ARGV[0]: $!\n";
`;
