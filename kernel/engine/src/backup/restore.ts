/** Restores: always aside first, then into place by rename, so that a failure leaves what was there. */
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EngineInput, volumeId } from '@hearth/contract';
import { z } from 'zod';
import { runningRecord } from '../containers/state.ts';
import { errors } from '../errors.ts';
import { type Call, type Machine, rootOwner } from '../host/machine.ts';
import { makeFolderBeneath, openFolderBeneath } from '../system/beneath.ts';
import { removeTree } from '../system/mounts.ts';
import { run } from '../system/run.ts';
import { backupVolume, createVolume, namesIn, volumePath } from '../volumes/volumes.ts';
import { type Access, type Message, restic } from './restic.ts';
import { requireSnapshot } from './snapshots.ts';
import { manifestName } from './stage.ts';

const hours = 12 * 3600_000;

/** The files (not the volumes) of a snapshot, into a folder beneath the staging folder, as the kernel's own. */
export async function restoreFiles(
  machine: Machine,
  input: EngineInput<'backup.restoreFiles'>,
  call: Call,
): Promise<void> {
  const { config } = machine;
  await aside(machine, input, ['/files'], call, async (folder) => {
    const found = join(folder, 'files');
    // A service may have been backed up without files; and a snapshot of a stranger may have a link in their place.
    makeFolderBeneath(folder, 'files', rootOwner, 0o700);
    await run('chown', ['--recursive', '--no-dereference', `${config.user.uid}:${config.user.gid}`, '--', found]);
    await copyAsUser(machine, found, input.destination);
  });
}

/** As the kernel's user, whose folder it is: a link planted there leads nowhere it could not go itself. */
async function copyAsUser({ layout, config }: Machine, source: string, destination: string): Promise<void> {
  const { uid, gid } = config.user;
  const to = openFolderBeneath(layout.staging, destination, config.user, 0o700);
  const from = openSync(source, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
    const copy = ['cp', '--recursive', '--no-target-directory', '--', '/proc/self/fd/3/.', '/proc/self/fd/4/.'];
    await run('setpriv', [...user, ...copy], { descriptors: [from, to], timeoutMs: 30 * 60_000 });
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

/** The volumes of a snapshot, into volumes of the service that are empty or missing. */
export async function restoreVolumes(
  machine: Machine,
  input: EngineInput<'backup.restoreVolumes'>,
  call: Call,
): Promise<void> {
  const { service } = input;
  if (runningRecord(machine, service)) throw errors.serviceRunning({ service });
  const snapshot = await requireSnapshot(machine, input, call);
  if (snapshot.service !== service) throw errors.snapshotOfAnother({ snapshot: snapshot.id, service });
  for (const volume of await namesIn(join(machine.layout.volumes, service, 'data'))) {
    const content = await readdir(volumePath(machine, service, volume));
    if (content.length > 0 && volume !== backupVolume) throw errors.volumeNotEmpty({ service, volume });
  }
  await aside(machine, input, ['/volumes', `/${manifestName}`], call, async (folder) => {
    // A link in a stranger's snapshot would lead elsewhere.
    makeFolderBeneath(folder, 'volumes', rootOwner, 0o700);
    for (const name of await namesIn(join(folder, 'volumes'))) {
      const volume = volumeId.parse(name);
      await createVolume(machine, service, volume);
      const target = volumePath(machine, service, volume);
      if (volume === backupVolume) await removeTree(target);
      else await rmdir(target);
      // Not a plain rename: on btrfs every service is a subvolume of its own.
      await run('mv', ['--no-target-directory', '--', join(folder, 'volumes', volume), target], { timeoutMs: hours });
    }
  });
}

/** Restores parts of a snapshot into a private folder of the volumes' own file system and hands it over. */
async function aside(
  machine: Machine,
  access: Access & { readonly snapshot: string },
  parts: readonly string[],
  call: Call,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const snapshot = await requireSnapshot(machine, access, call);
  const total = await restoredBytes(machine, access, snapshot.id, parts, call);
  await mkdir(machine.layout.restores, { recursive: true, mode: 0o700 });
  await refuseNoRoom(machine.layout.restores, total);
  const folder = await mkdtemp(join(machine.layout.restores, 'restore-'));
  const done = new AbortController();
  void watchGrowth(folder, total, call, done.signal);
  try {
    const includes = parts.flatMap((part) => ['--include', part]);
    await restic(machine, access, ['restore', snapshot.id, '--target', folder, ...includes], call);
    await use(folder);
    call.progress(total, total);
  } finally {
    done.abort();
    await removeTree(folder);
  }
}

const node = z.looseObject({ type: z.string().optional(), path: z.string().optional(), size: z.number().optional() });

/** Beside what is brought back: journal, logs, what other services write meanwhile. */
const reserveBytes = 256 * 1024 * 1024;

/** @throws engine.noRoomToRestore, with both numbers */
async function refuseNoRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const [needed, free] = [bytes + reserveBytes, bavail * bsize];
  if (free < needed) throw errors.noRoomToRestore({ needed, free });
}

/** restic 0.14 shows no progress while it restores: the sizes are in its listing. */
async function restoredBytes(
  machine: Machine,
  access: Access,
  snapshot: string,
  parts: readonly string[],
  call: Call,
): Promise<number> {
  let sum = 0;
  const onMessage = (message: Message) => {
    const { type, path = '', size = 0 } = node.parse(message);
    if (type === 'file' && parts.some((part) => path === part || path.startsWith(`${part}/`))) sum += size;
  };
  await restic(machine, access, ['ls', snapshot], call, { onMessage });
  return sum;
}

/** Tells, every second, how much has been written, by what the folder's file system has lost since. */
async function watchGrowth(folder: string, total: number, call: Call, signal: AbortSignal): Promise<void> {
  try {
    const free = async () => {
      const state = await statfs(folder);
      return state.bfree * state.bsize;
    };
    const before = await free();
    for (;;) {
      await delay(1000, undefined, { signal });
      call.progress(Math.max(0, Math.min(total, before - (await free()))), total);
    }
  } catch {
    // The restore is over.
  }
}
