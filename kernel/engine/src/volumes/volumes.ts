/** Volumes: folders with ids from 0, `volumes/<service>/data/<volume>`, and the `.version` file beside them. */
import { closeSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from '../errors.ts';
import { type Machine, rootOwner } from '../host/machine.ts';
import { makeFolderBeneath, openBeneath, readBeneath, writeBeneath } from '../system/beneath.ts';
import { codeOf } from '../system/errno.ts';
import { makeTree, removeWholeTree } from './trees.ts';

/**
 * The volume behind `/media/startos/backup`: what a package's own hooks write there (a dump, a version file) goes into
 * every snapshot and comes back with it.
 */
export const backupVolume = 'BACKUP';

/** Host path of a volume. Only for use as a root: what is inside belongs to a package. */
export function volumePath({ layout }: Machine, service: string, volume: string): string {
  return join(layout.volumes, service, 'data', volume);
}

/** Throws `engine.volumeMissing`. The caller closes the descriptor. */
export function openVolume({ layout }: Machine, service: string, volume: string): number {
  try {
    return openBeneath(layout.volumes, join(service, 'data', volume));
  } catch (cause) {
    if (codeOf(cause) !== 'engine.pathMissing') throw cause;
    throw errors.volumeMissing({ service, volume }, cause);
  }
}

export async function createVolume({ layout }: Machine, service: string, volume: string): Promise<void> {
  await makeTree(join(layout.volumes, service));
  makeFolderBeneath(layout.volumes, join(service, 'data'), rootOwner, 0o700);
  makeFolderBeneath(layout.volumes, join(service, 'data', volume), rootOwner, 0o755);
}

export async function removeVolumes({ layout }: Machine, service: string): Promise<void> {
  await removeWholeTree(join(layout.volumes, service));
}

export async function listVolumes({ layout }: Machine): Promise<{ service: string; volume: string }[]> {
  const found: { service: string; volume: string }[] = [];
  for (const service of await namesIn(layout.volumes)) {
    for (const volume of await namesIn(join(layout.volumes, service, 'data'))) found.push({ service, volume });
  }
  return found;
}

export function readVersion({ layout }: Machine, service: string): string | null {
  try {
    return readBeneath(layout.volumes, join(service, '.version'), 1024).toString('utf8').trimEnd();
  } catch (cause) {
    if (codeOf(cause) === 'engine.pathMissing') return null;
    throw cause;
  }
}

export async function writeVersion({ layout }: Machine, service: string, version: string | null): Promise<void> {
  const folder = join(layout.volumes, service);
  if (version === null) {
    await rm(join(folder, '.version'), { force: true });
    return;
  }
  await makeTree(folder);
  writeBeneath(layout.volumes, join(service, '.version'), `${version}\n`, rootOwner, 0o600);
}

/** Whether a volume is there; says so by error instead of a mount that fails later. */
export function checkVolume(machine: Machine, service: string, volume: string): void {
  closeSync(openVolume(machine, service, volume));
}

/** Names of the folders in a folder of ours; none where it is missing. */
export async function namesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}
