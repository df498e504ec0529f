/**
 * What a snapshot is taken of: a folder of read-only binds whose shape stays the same from run to run, so that restic
 * finds what it has already.
 *
 *   hearth-backup.json     the pairs, for the restore
 *   volumes/<volume>/...   with ids from 0
 *   files/<path>           relative to the data folder
 */
import { closeSync, existsSync, fstatSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { bind } from '../attach/bind.ts';
import { openAndBindTarget } from '../attach/open.ts';
import type { Machine } from '../host/machine.ts';
import { openBeneath, partsOf } from '../system/beneath.ts';
import { removeTree, unmountAll } from '../system/mounts.ts';
import { backupVolume, openVolume, volumePath } from '../volumes/volumes.ts';

type Create = EngineInput<'backup.create'>;

export const manifestName = 'hearth-backup.json';

export function stagePath({ layout }: Machine, service: string): string {
  return join(layout.backups, service);
}

export async function buildStage(machine: Machine, input: Create): Promise<string> {
  const stage = stagePath(machine, input.service);
  await dropStage(machine, input.service);
  await mkdir(stage, { recursive: true, mode: 0o700 });
  const manifest = { format: 1, service: input.service, pairs: input.pairs };
  await writeFile(join(stage, manifestName), JSON.stringify(manifest), { mode: 0o600 });
  for (const volume of new Set(input.pairs.map((pair) => pair.volume))) {
    await bindReadonly(openVolume(machine, input.service, volume), join(stage, 'volumes', volume));
  }
  for (const file of input.files) {
    await bindReadonly(openBeneath(machine.config.data, file), join(stage, 'files', ...partsOf(file)));
  }
  return stage;
}

export async function dropStage(machine: Machine, service: string): Promise<void> {
  const stage = stagePath(machine, service);
  await unmountAll(stage);
  await removeTree(stage);
}

/** Closes the source. */
async function bindReadonly(source: number, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    if (fstatSync(source).isDirectory()) await mkdir(target, { recursive: true });
    else await writeFile(target, '');
    await openAndBindTarget(target, (descriptor) => bind({ descriptor }, { source, readonly: true, name: target }));
  } finally {
    closeSync(source);
  }
}

/** The pairs asked for, and the folder the package's hooks write into, if the service ever had one. */
export function withBackupFolder(machine: Machine, input: Create): Create {
  const known = input.pairs.some((pair) => pair.volume === backupVolume);
  if (known || !existsSync(volumePath(machine, input.service, backupVolume))) return input;
  const folder = { volume: backupVolume, subpath: '', destination: '', excludes: [] };
  return { ...input, pairs: [...input.pairs, folder] };
}

/** What restic is to take, relative to the stage. */
export function includedPaths(input: Pick<Create, 'pairs' | 'files'>): string[] {
  const parts = input.pairs.map((pair) => join('volumes', pair.volume, ...partsOf(pair.subpath)));
  const whole = [...new Set([manifestName, ...parts, ...(input.files.length > 0 ? ['files'] : [])])].sort();
  // A part of what is taken anyway is not named twice.
  return whole.filter((path) => !whole.some((other) => path.startsWith(`${other}/`)));
}

/**
 * rsync's patterns (a leading slash anchors at the copied folder, anything else fits at every depth) as the lines of
 * a restic exclude file, with what restic would expand kept literal.
 */
export function excludeLines(stage: string, pairs: Create['pairs']): string[] {
  return pairs.flatMap((pair) => {
    const root = literal(join(stage, 'volumes', pair.volume, ...partsOf(pair.subpath)));
    return pair.excludes
      .map((pattern) => pattern.replaceAll(/[\n\r\0]/g, '').trim())
      .filter((pattern) => /[^/]/.test(pattern))
      .map((pattern) => {
        const plain = pattern.replace(/\/+$/, '').replaceAll('$', '$$$$');
        return plain.startsWith('/') ? `${root}${plain}` : `${root}/**/${plain}`;
      });
  });
}

function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, '\\$&').replaceAll('$', '$$$$');
}
