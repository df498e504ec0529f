/** Mounts of the engine's own folders: paths here are made of our configuration and of checked names only. */
import { mkdir, rmdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errors } from '../errors.ts';
import { mountAt, targetsBeneath } from './mountinfo.ts';
import { attempt, lastWords, run } from './run.ts';
import { codeOf } from './errno.ts';

/** Mounts a rebuilt image read-only. Programs in it may change user (su, sudo) unless `nosuid`; devices never work. */
export async function mountImage(file: string, target: string, options: { readonly nosuid: boolean }): Promise<void> {
  if (mountAt(target)) return;
  await mkdir(target, { recursive: true, mode: 0o755 });
  const flags = `loop,ro,nodev${options.nosuid ? ',nosuid' : ''}`;
  await mount(target, ['-t', 'squashfs', '-o', flags, file, target]);
}

/** `volatile`: what is written in it is thrown away with it, so nobody waits until that is on the disk. */
export async function mountOverlay(target: string, lower: string, upper: string, work: string): Promise<void> {
  const folders = `nodev,volatile,lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  await mount(target, ['-t', 'overlay', '-o', folders, 'overlay', target]);
}

/** A small file system of memory for device nodes of ours, which work on it whatever the file system beneath it says. */
export async function mountForDevices(target: string): Promise<void> {
  if (mountAt(target)) return;
  await mkdir(target, { recursive: true, mode: 0o755 });
  await mount(target, ['-t', 'tmpfs', '-o', 'nosuid,noexec,mode=755,size=64k,nr_inodes=256', 'devices', target]);
}

/** A folder on which nobody's setuid program and no device node works, whatever was put there. */
export async function neutralise(path: string): Promise<void> {
  const found = mountAt(path);
  if (!found) {
    await mount(path, ['--bind', path, path]);
    await mount(path, ['--make-private', path]);
  }
  if (!(found?.options.includes('nosuid') === true && found.options.includes('nodev'))) {
    await mount(path, ['-o', 'remount,bind,nosuid,nodev', path]);
  }
}

/**
 * Takes down every mount at or beneath a path, newest first. Tries for `patienceMs` while something is in use, then
 * throws `engine.mountBusy`.
 */
export async function unmountAll(path: string, patienceMs = 3000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    const left = targetsBeneath(path);
    if (left.length === 0) return;
    let progressed = false;
    for (const target of left) {
      const result = await attempt('umount', ['--no-canonicalize', target]);
      progressed ||= result.code === 0;
    }
    if (progressed) continue;
    if (Date.now() >= deadline) throw errors.mountBusy({ target: left[0] ?? path });
    await delay(pause);
  }
}

/**
 * Takes down a mount with all that was mounted inside it in one call, by the path of its root alone: paths beneath it
 * belong to a package, which could swap one for a link while we unmount. Programs that still hold it keep it alive.
 */
export async function detachTree(path: string): Promise<void> {
  while (mountAt(path)) await run('umount', ['--no-canonicalize', '--lazy', path]);
}

/**
 * Detaches what is mounted on a folder of ours and removes the folder. What a container has put there, beneath the mount
 * or in its place, goes with it: a script that is still at work when its root is taken away makes folders where it was.
 */
export async function dropMount(path: string): Promise<void> {
  await detachTree(path);
  try {
    await rmdir(path);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return;
    // What is a mount is never emptied, whoever made it.
    if ((code !== 'ENOTEMPTY' && code !== 'ENOTDIR') || targetsBeneath(path).length > 0) throw cause;
    await removeTree(path);
  }
}

/** Removes a folder of ours with everything in it, by a program that holds descriptors and crosses no mount. */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['--recursive', '--force', '--one-file-system', '--', path], { timeoutMs: 30 * 60_000 });
}

async function mount(target: string, args: readonly string[]): Promise<void> {
  const result = await attempt('mount', args);
  if (result.code !== 0) throw errors.mountFailed({ target, words: lastWords(result) });
}
