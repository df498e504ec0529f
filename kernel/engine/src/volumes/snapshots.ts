/**
 * Snapshots of all volumes of a service, beside them on the same disk: `snapshots/<service>/<name>`.
 *
 * On btrfs it is a snapshot of a subvolume, where files can share their blocks (XFS) it costs little, elsewhere it is a
 * full copy.
 * Whatever interrupts a restore, asking once more finishes it: each step is a rename, and a mark tells that it was done.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runningRecord } from '../containers/state.ts';
import { errors } from '../errors.ts';
import type { Call, Machine } from '../host/machine.ts';
import { codeOf } from '../system/errno.ts';
import { attempt, run } from '../system/run.ts';
import { namesIn } from './volumes.ts';
import { bytesOfTree, copyTree, makeTree, removeWholeTree } from './trees.ts';

export interface Measure {
  /** What the volumes take on the disk. */
  readonly bytes: number;
  /** Whether a snapshot shares their blocks instead of taking as much again. */
  readonly shared: boolean;
}

const hours = 12 * 3600_000;

function places({ layout }: Machine, service: string, name: string) {
  const folder = join(layout.snapshots, service);
  return {
    live: join(layout.volumes, service),
    folder,
    snapshot: join(folder, name),
    partial: join(folder, `${name}.partial`),
    replaced: join(folder, `${name}.replaced`),
    mark: join(folder, `${name}.restored`),
  };
}

export async function measureVolumes(machine: Machine, service: string, { signal }: Pick<Call, 'signal'>) {
  const live = join(machine.layout.volumes, service);
  return { bytes: existsSync(live) ? await bytesOfTree(live, signal) : 0, shared: await sharesBlocks(machine) };
}

/** Answers the present one if there is one of that name. Throws `engine.serviceRunning`, `engine.snapshotFailed`. */
export async function takeSnapshot(
  machine: Machine,
  service: string,
  name: string,
  { signal }: Pick<Call, 'signal'>,
): Promise<Measure> {
  if (runningRecord(machine, service)) throw errors.serviceRunning({ service });
  const { live, folder, snapshot, partial } = places(machine, service, name);
  try {
    const shared = await sharesBlocks(machine);
    if (!existsSync(snapshot)) {
      await removeWholeTree(partial);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (existsSync(live)) await copyTree(live, partial, service, signal);
      else await makeTree(partial);
      await rename(partial, snapshot);
      await run('sync', ['--file-system', folder], { timeoutMs: hours });
    }
    return { bytes: await bytesOfTree(snapshot, signal), shared };
  } catch (cause) {
    if (codeOf(cause) !== 'ENOSPC') throw cause;
    throw errors.snapshotFailed({ service, words: 'no space left on the disk' }, cause);
  }
}

/** Puts the volumes back as they were, and uses the snapshot up. Throws `engine.noSnapshot`, `engine.serviceRunning`. */
export async function restoreSnapshot(machine: Machine, service: string, name: string): Promise<void> {
  if (runningRecord(machine, service)) throw errors.serviceRunning({ service });
  const { live, folder, snapshot, replaced, mark } = places(machine, service, name);
  if (existsSync(snapshot)) {
    if (existsSync(live)) {
      await removeWholeTree(replaced);
      await rename(live, replaced);
    }
    await mkdir(dirname(live), { recursive: true });
    await rename(snapshot, live);
  } else if (!existsSync(replaced) && !existsSync(mark)) throw errors.noSnapshot({ service, name });
  await writeFile(mark, '', { mode: 0o600 });
  await run('sync', ['--file-system', folder], { timeoutMs: hours });
  await removeWholeTree(replaced);
}

/** One, or all of a service. */
export async function dropSnapshots(machine: Machine, service: string, name: string | null): Promise<void> {
  if (name === null) {
    const all = join(machine.layout.snapshots, service);
    for (const each of await namesIn(all)) await removeWholeTree(join(all, each));
    return removeWholeTree(all);
  }
  const { folder, snapshot, partial, replaced, mark } = places(machine, service, name);
  for (const path of [snapshot, partial, replaced]) await removeWholeTree(path);
  await rm(mark, { force: true });
  // With the last of them goes their folder.
  await rmdir(folder).catch(() => undefined);
}

/** Tried, not guessed: XFS shares only if it was made so. */
async function sharesBlocks({ layout }: Machine): Promise<boolean> {
  await mkdir(layout.snapshots, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(layout.snapshots, '.probe-'));
  try {
    await writeFile(join(folder, 'a'), Buffer.alloc(4096, 1));
    const result = await attempt('cp', ['--reflink=always', '--', join(folder, 'a'), join(folder, 'b')]);
    return result.code === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
