/** What is attached: a folder or file in a volume, found without following a link. */
import { closeSync, fstatSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { errors } from '../errors.ts';
import { type Machine, rootOwner } from '../host/machine.ts';
import { descriptorPath, openBeneath, openFolderBeneath } from '../system/beneath.ts';
import { type Mount, mountOf } from '../system/mountinfo.ts';
import { checkVolume, volumePath } from '../volumes/volumes.ts';
import { codeOf } from '../system/errno.ts';

/** O_PATH descriptor. A folder that is missing is made when it may be written to. The caller closes it. */
export function openSource(machine: Machine, source: EngineInput<'mount.attach'>['source']): number {
  checkVolume(machine, source.service, source.volume);
  const root = volumePath(machine, source.service, source.volume);
  let descriptor: number;
  try {
    descriptor = openBeneath(root, source.subpath);
  } catch (cause) {
    const missing = codeOf(cause) === 'engine.pathMissing';
    if (!missing || source.readonly) throw cause;
    return openFolderBeneath(root, source.subpath, rootOwner);
  }
  const state = fstatSync(descriptor);
  if (state.isDirectory() || state.isFile()) return descriptor;
  // A pipe that stays open would hold the whole data folder.
  closeSync(descriptor);
  throw errors.pathNotFolder({ path: source.subpath });
}

/** Whether a mount shows exactly what the descriptor stands for, as writable as asked. */
export function shows(mount: Mount, descriptor: number, readonly: boolean): boolean {
  const { dev } = fstatSync(descriptor);
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const path = readlinkSync(descriptorPath(descriptor));
  const on = mountOf(path);
  const root = on && join(on.root, relative(on.target, path));
  return mount.device === `${major}:${minor}` && mount.root === root && mount.options.includes('ro') === readonly;
}
