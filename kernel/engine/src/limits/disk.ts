/**
 * How much the volumes of a service may take of the disk, kept by the file system: on btrfs, where they are a subvolume,
 * by its quota group. Elsewhere nobody keeps it here; the kernel looks from time to time.
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { attempt } from '../system/run.ts';

/** What `statfs` calls btrfs, and what every subvolume's root is numbered there. */
const btrfs = 0x9123683e;

export async function keepsDiskLimits(folder: string): Promise<boolean> {
  return (await statfs(folder)).type === btrfs;
}

/**
 * Counts from the next write on; null takes it away. A subvolume that came back from a snapshot has none: asked for again
 * at every start. @throws engine.limitRefused
 */
export async function limitDisk(machine: Machine, service: string, bytes: number | null): Promise<void> {
  const path = join(machine.layout.volumes, service);
  if (!existsSync(path) || !(await keepsDiskLimits(path))) return;
  // Where nobody has a limit, nothing is counted: that costs writes a little.
  if (bytes === null && !(await counted(path))) return;
  if (bytes !== null) await attempt('btrfs', ['quota', 'enable', path]);
  const limit = bytes === null ? 'none' : String(bytes);
  const { code, stderr } = await attempt('btrfs', ['qgroup', 'limit', limit, path]);
  if (code !== 0 && bytes !== null) throw errors.limitRefused({ service, words: stderr.trim().slice(0, 300) });
}

async function counted(path: string): Promise<boolean> {
  return (await attempt('btrfs', ['qgroup', 'show', path])).code === 0;
}
