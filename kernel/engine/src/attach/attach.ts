/** `mount.attach`: a part of a volume into a running container, with the container's ids. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineInput, guestPaths } from '@hearth/contract';
import { processesOf } from '../containers/processes.ts';
import { requireRunning } from '../containers/start.ts';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { idBase } from '../layout.ts';
import { holdsOverlay, subcontainerRoot } from '../subcontainers/subcontainers.ts';
import { openFileBeneath, openFolderBeneath, partsOf } from '../system/beneath.ts';
import { type Mount, mountAt, mountsOf } from '../system/mountinfo.ts';
import { identify } from '../system/process.ts';
import { bind } from './bind.ts';
import { idMap } from './idmap.ts';
import { openSource, shows } from './source.ts';

type Attach = EngineInput<'mount.attach'>;

export async function attachMount(machine: Machine, input: Attach): Promise<void> {
  const record = requireRunning(machine, input.service);
  const base = idBase(machine.config, record.index);
  const source = openSource(machine, input.source);
  try {
    const what = {
      source,
      readonly: input.source.readonly,
      map: idMap(base, input.source.idmap),
      name: input.location,
    };
    const inside = subcontainerOf(input.location);
    if (!inside) {
      await attachInNamespace(record.init.pid, input.location, base, what);
      return;
    }
    const root = subcontainerRoot(machine, input.service, inside.guid);
    if (!mountAt(root)) throw errors.subcontainerMissing({ guid: inside.guid });
    await attachOnHost(root, inside.relative, base, what);
    const folders = join(machine.layout.uppers, input.service, inside.guid);
    for (const pid of processesOf(record.init.pid)) {
      if (holdsOverlay(pid, folders)) await attachInNamespace(pid, `/${inside.relative}`, base, what);
    }
  } finally {
    closeSync(source);
  }
}

interface What {
  readonly source: number;
  readonly readonly: boolean;
  readonly map: ReturnType<typeof idMap>;
  readonly name: string;
}

/** Beneath a subcontainer's overlay, where crun will find it; the container sees it through the shared folder. */
async function attachOnHost(root: string, relative: string, base: number, what: What): Promise<void> {
  const location = join(root, relative);
  if (isThere(mountAt(location), what)) return;
  const owner = { uid: base, gid: base };
  const folder = fstatSync(what.source).isDirectory();
  const descriptor = folder ? openFolderBeneath(root, relative, owner) : openFileBeneath(root, relative, owner);
  try {
    await bind({ descriptor }, what);
  } finally {
    closeSync(descriptor);
  }
}

/** In the mount namespace of a process; the path is walked in there, where it can meet the container's files only. */
async function attachInNamespace(pid: number, location: string, base: number, what: What): Promise<void> {
  const process = identify(pid);
  if (!process || isThere(mountAt(`/${partsOf(location.slice(1)).join('/')}`, mountsOf(pid)), what)) return;
  const namespace = openSync(`/proc/${pid}/ns/mnt`, constants.O_RDONLY);
  try {
    if (identify(pid)?.startTime !== process.startTime) return;
    await bind({ namespace, location, owner: base }, what);
  } finally {
    closeSync(namespace);
  }
}

/** Asked again, nothing happens; anything else at that place is covered, as packages expect. */
function isThere(found: Mount | undefined, what: What): boolean {
  return found !== undefined && shows(found, what.source, what.readonly);
}

/** `/media/startos/subcontainers/<guid>/<rest>`; undefined for any other place in the container. */
export function subcontainerOf(location: string): { guid: string; relative: string } | undefined {
  const prefix = guestPaths.subcontainers.slice(1).split('/');
  const parts = partsOf(location.slice(1));
  const inside = prefix.every((part, place) => parts[place] === part);
  const guid = parts[prefix.length];
  if (!inside || guid === undefined) return undefined;
  return { guid, relative: parts.slice(prefix.length + 1).join('/') };
}
