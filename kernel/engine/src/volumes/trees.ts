/**
 * A tree of files as one thing: made, copied, measured and removed. On btrfs it is a subvolume, which is copied in an
 * instant however many files it has; elsewhere a folder, whose files share their blocks with the copy where they can.
 */
import { existsSync } from 'node:fs';
import { lstat, mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errors } from '../errors.ts';
import { targetsBeneath } from '../system/mountinfo.ts';
import { attempt, lastWords, run } from '../system/run.ts';

const hours = 12 * 3600_000;
/** What `statfs` calls btrfs, and what every subvolume's root is numbered there. */
const btrfsMagic = 0x9123683e;
const subvolumeInode = 256;

/** Makes it if it is not there, for root alone. */
export async function makeTree(path: string): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if ((await isBtrfs(parent)) && (await attempt('btrfs', ['subvolume', 'create', '--', path])).code === 0) {
    await run('chmod', ['0700', '--', path]);
    return;
  }
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** @throws engine.snapshotFailed; `to` is then gone again */
export async function copyTree(from: string, to: string, service: string, signal: AbortSignal): Promise<void> {
  try {
    if (await isWhole(from)) await snapshot(from, to, service, signal);
    else await copy(from, to, service, signal);
    await run('sync', ['--file-system', to], { timeoutMs: hours });
  } catch (error) {
    await removeWholeTree(to);
    throw error;
  }
}

/** Bytes on the disk; holes cost nothing. */
export async function bytesOfTree(path: string, signal: AbortSignal): Promise<number> {
  refuseMounts(path);
  const { stdout } = await run('du', ['--summarize', '--block-size=1', '--', path], { signal, timeoutMs: hours });
  return Number(stdout.split('\t')[0]);
}

/** With whatever subvolumes are in it: a package may make some of its own. */
export async function removeWholeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if ((await isWhole(path)) && (await attempt('btrfs', ['subvolume', 'delete', '--', path])).code === 0) return;
  refuseMounts(path);
  await run('rm', ['--recursive', '--force', '--', path], { timeoutMs: hours });
}

async function snapshot(from: string, to: string, service: string, signal: AbortSignal): Promise<void> {
  const result = await attempt('btrfs', ['subvolume', 'snapshot', '--', from, to], { signal });
  if (result.code !== 0) throw errors.snapshotFailed({ service, words: lastWords(result) });
}

async function copy(from: string, to: string, service: string, signal: AbortSignal): Promise<void> {
  refuseMounts(from);
  const args = ['--archive', '--reflink=auto', '--sparse=auto', '--', from, to];
  const result = await attempt('cp', args, { signal, timeoutMs: hours });
  if (result.code !== 0) throw errors.snapshotFailed({ service, words: lastWords(result) });
}

/** Crossing from one file system to the next is allowed, since subvolumes look like that; a mount is something else. */
function refuseMounts(path: string): void {
  const [target] = targetsBeneath(path);
  if (target !== undefined) throw errors.mountBusy({ target });
}

/** A subvolume with no other in it: a snapshot leaves those out. */
async function isWhole(path: string): Promise<boolean> {
  if (!(await isBtrfs(path)) || (await lstat(path)).ino !== subvolumeInode) return false;
  const inside = await attempt('btrfs', ['subvolume', 'list', '-o', '--', path]);
  return inside.code === 0 && inside.stdout.trim() === '';
}

async function isBtrfs(path: string): Promise<boolean> {
  return (await statfs(path)).type === btrfsMagic;
}
