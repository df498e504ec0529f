/** A small file system of any kind, mounted where a test wants it: for snapshots, and for disks that fill up. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';

export interface DiskOptions {
  readonly kind: 'btrfs' | 'xfs' | 'ext4' | 'tmpfs';
  readonly bytes: number;
}

const make: Readonly<Record<Exclude<DiskOptions['kind'], 'tmpfs'>, readonly string[]>> = {
  btrfs: ['mkfs.btrfs', '--quiet', '--force'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  // Nothing kept back for root: full is full for everybody.
  ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'],
};

/** The last of a disk is written, not promised. */
const margin = 32 * 1024 * 1024;

/** `image`: the file that stands for the disk. */
export function mountDisk({ kind, bytes }: DiskOptions, target: string, image: string): void {
  mkdirSync(target, { recursive: true, mode: 0o755 });
  if (kind === 'tmpfs') {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0755`, 'tmpfs', target]);
    return;
  }
  writeFileSync(image, '');
  truncateSync(image, bytes);
  const [program = '', ...args] = make[kind];
  execFileSync(program, [...args, image], { stdio: ['ignore', 'ignore', 'ignore'] });
  execFileSync('mount', ['-o', 'loop', image, target]);
}

/** Nothing where there is none. */
export function unmountDisk(target: string): void {
  if (isMounted(target)) execFileSync('umount', ['--recursive', target]);
}

/** Takes all the room there is, but for so many bytes; answers the undo. */
export function fillDisk(folder: string, leave = 0): () => void {
  const path = `${folder}/.filler`;
  const { bavail, bsize } = statfsSync(folder);
  // What is promised at once need not be written.
  const bulk = Math.max(0, bavail * bsize - leave - margin);
  if (bulk > 0) execFileSync('fallocate', ['--length', String(bulk), path], { stdio: 'ignore' });
  if (leave > 0) return () => rmSync(path, { force: true });
  for (const unit of ['16M', '256K', '4K', '1'])
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${path}`, `bs=${unit}`, 'oflag=append', 'conv=notrunc'], {
        stdio: 'ignore',
      });
    } catch {
      // Full: the next unit is smaller.
    }
  return () => {
    if (existsSync(path)) rmSync(path);
  };
}

function isMounted(target: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === target);
}
