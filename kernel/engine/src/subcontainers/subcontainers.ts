/** Subcontainers: overlays of a rebuilt image, mounted by the host where the running container sees them at once. */
import { chown, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guestPaths } from '@hearth/contract';
import { processesOf } from '../containers/processes.ts';
import { requireRunning } from '../containers/start.ts';
import { loadRecord } from '../containers/state.ts';
import { viewPath } from '../containers/view.ts';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { idBase } from '../layout.ts';
import { mountAt, mountsOf } from '../system/mountinfo.ts';
import { dropMount, mountOverlay, removeTree } from '../system/mounts.ts';
import { undoing } from '../system/undo.ts';
import { destroyQueue } from './queue.ts';

/** How long `destroy` waits for programs that were just told to end. */
const patienceMs = 5000;

export function subcontainerRoot({ layout }: Machine, service: string, guid: string): string {
  return join(layout.subcontainers, service, guid);
}

function upperRoot({ layout }: Machine, service: string, guid: string): string {
  return join(layout.uppers, service, guid);
}

/** Answers the path inside the container. A guid that is there already is answered again. */
export async function createSubcontainer(machine: Machine, service: string, image: string, guid: string) {
  const record = requireRunning(machine, service);
  const answer = { path: `${guestPaths.subcontainers}/${guid}`, guid };
  const root = subcontainerRoot(machine, service, guid);
  if (mountAt(root)) return answer;
  const lower = join(viewPath(machine, service), 'images', image);
  if (!mountAt(lower)) throw errors.imageMissing({ service, image });
  const owner = idBase(machine.config, record.index);
  const folders = upperRoot(machine, service, guid);
  await undoing(async (undo) => {
    undo.push(() => removeTree(folders));
    for (const name of ['upper', 'work']) await ownedFolder(join(folders, name), owner);
    undo.push(() => dropMount(root));
    await ownedFolder(root, owner);
    await mountOverlay(root, lower, join(folders, 'upper'), join(folders, 'work'));
  });
  return answer;
}

/**
 * Takes a subcontainer down; everything written in it is removed behind that, in `destroyQueue`. Throws
 * `engine.subcontainerBusy`, and leaves it whole, when programs still use it after a while: they are the guest's to end.
 */
export async function destroySubcontainer(machine: Machine, service: string, guid: string): Promise<void> {
  const root = subcontainerRoot(machine, service, guid);
  const folders = upperRoot(machine, service, guid);
  if (!existsSync(root) && !existsSync(folders)) return;
  const record = loadRecord(machine, service);
  const deadline = Date.now() + patienceMs;
  for (let pause = 2; record && isHeld(record.init.pid, folders); pause = Math.min(pause * 2, 25)) {
    if (Date.now() > deadline) throw errors.subcontainerBusy({ guid });
    await delay(pause);
  }
  await dropMount(root);
  // What fails here is removed by the container's next start or stop.
  void machine.queues.run(destroyQueue(service, guid), () => removeTree(folders)).catch(() => undefined);
}

/** Whether a program of the container has this overlay in a mount namespace of its own (crun's). */
function isHeld(initPid: number, folders: string): boolean {
  return processesOf(initPid).some((pid) => holdsOverlay(pid, folders));
}

/** Overlays are told apart by their upper folder, which a container cannot name. */
export function holdsOverlay(pid: number, folders: string): boolean {
  return mountsOf(pid).some((mount) => mount.type === 'overlay' && mount.superOptions.includes(`=${folders}/`));
}

async function ownedFolder(path: string, owner: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await chown(path, owner, owner);
}
