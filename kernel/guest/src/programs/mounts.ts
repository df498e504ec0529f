/**
 * Binds beneath the roots of subcontainers.
 *
 * Source and target are walked and opened first, and bound by their descriptors: a link a program planted leads nowhere.
 * A bind is made in the container's own view, where the script sees it too, and before crun clones that view. Where the
 * subcontainer runs already, the same piece of tree is moved into its view as well.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import type { Paths } from '../files/paths.ts';
import { FileError } from '../files/error.ts';
import { fsOps } from '../sandbox/ops/fs.ts';
import type { OpContext } from '../sandbox/op.ts';
import { run } from './run.ts';

const O_PATH = 0o10000000;

/** clone of a tree, then into another process's mount name space; Perl is in every Debian and has `syscall`. */
const attach = `
use strict; my ($source, $target, $pid) = @ARGV;
my ($clone, $recursive, $here) = (1 | 02000000, 0x8000, -100);
my $setns = \`uname -m\` =~ /aarch64/ ? 268 : 308;
my $tree = syscall(428, $here, $source, $clone | $recursive); die "open_tree: $!\\n" if $tree < 0;
open my $view, '<', "/proc/$pid/ns/mnt" or die "view: $!\\n";
syscall($setns, fileno $view, 0x20000) == 0 or die "setns: $!\\n";
my $empty = ''; syscall(429, $tree, $empty, $here, $target, 4) == 0 or die "move_mount: $!\\n";
`;

export class Mounts {
  readonly #paths: Paths;
  readonly #context: OpContext;

  constructor(paths: Paths) {
    this.#paths = paths;
    this.#context = { paths, launched: () => false };
  }

  /** @param into pid (as this container counts) of the subcontainer's first process, if it runs */
  async bind(
    source: string,
    target: string,
    options: { file: boolean; readonly: boolean; into: number | null },
  ): Promise<void> {
    this.#prepare(source, target, options.file);
    const from = this.#open(source);
    try {
      const to = this.#open(target);
      try {
        const [here, there] = [this.#name(from), this.#name(to)];
        await run('mount', ['--no-canonicalize', '--rbind', here, there]);
        if (options.readonly) await run('mount', ['--no-canonicalize', '-o', 'remount,bind,ro', this.#real(target)]);
      } finally {
        closeSync(to);
      }
    } finally {
      closeSync(from);
    }
    if (options.into === null) return;
    // The bind, not what it is of: only the bind is read-only.
    const bound = this.#open(target);
    try {
      await this.push(this.#name(bound), target, options.into);
    } finally {
      closeSync(bound);
    }
  }

  /** Shows a tree to a subcontainer that runs. */
  async push(from: string, target: string, into: number): Promise<void> {
    const inside = this.#paths.subcontainerOf(target)?.inside ?? '/';
    await run('perl', ['-e', attach, from, inside, String(into)]);
  }

  /** Every mount this container sees beneath a path, innermost first, except the path itself. */
  async unbindAll(root: string): Promise<void> {
    const points = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) =>
        (line.split(' ')[4] ?? '').replaceAll(/\\(\d{3})/g, (_all, code: string) =>
          String.fromCharCode(Number.parseInt(code, 8)),
        ),
      )
      .filter((point) => point.startsWith(`${root}/`))
      .reverse();
    if (points.length === 0) return;
    // By one process, which goes on after one that is gone already.
    await run('umount', ['--no-canonicalize', '--lazy', ...points]).catch(() => undefined);
  }

  /** What is mounted at a path: found without a link a program planted, then by its plain name. */
  async unbind(target: string): Promise<void> {
    const descriptor = this.#open(target);
    try {
      const real = readlinkSync(`/proc/self/fd/${descriptor}`);
      if (real !== this.#real(posix.normalize(target))) throw new FileError('ELOOP', target);
      await run('umount', ['--no-canonicalize', '--lazy', real]);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What is missing at either end is made, of the kind the bind is of. */
  #prepare(source: string, target: string, file: boolean): void {
    for (const path of [source, target]) {
      if (path === source && !this.#mayMake(path)) continue;
      if (file) this.#touch(path);
      else fsOps['fs.mkdir']?.(this.#context, [path, true, null], undefined);
    }
  }

  /** The folders of the system are there; those a script may only read are as they are. */
  #mayMake(source: string): boolean {
    if (this.#paths.isPresent(source)) return false;
    const place = this.#paths.place(source, { follow: true, change: false });
    place.close();
    return place.writable;
  }

  #touch(path: string): void {
    fsOps['fs.mkdir']?.(this.#context, [path.replace(/\/[^/]*\/?$/, ''), true, null], undefined);
    try {
      fsOps['fs.writeFile']?.(this.#context, [path, '', 'ax', null], undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }

  #open(path: string): number {
    const system = path === '/run' ? '/run' : null;
    if (system !== null) return openSync(system, O_PATH | constants.O_DIRECTORY);
    const place = this.#paths.place(path, { follow: true, change: false });
    try {
      const descriptor = openSync(place.path, O_PATH | constants.O_NOFOLLOW);
      if (!fstatSync(descriptor).isSymbolicLink()) return descriptor;
      closeSync(descriptor);
      throw new FileError('ELOOP', path);
    } finally {
      place.close();
    }
  }

  #name(descriptor: number): string {
    return `/proc/${process.pid}/fd/${descriptor}`;
  }

  /** The plain path of a bind of ours: its last mount hides whatever is below. */
  #real(target: string): string {
    return target.replace(/\/+$/, '');
  }
}
