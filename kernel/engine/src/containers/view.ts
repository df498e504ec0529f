/**
 * `<run>/views/<service>`: everything bound into a container, put together by the engine.
 *
 * LXC binds as the container's root, which must reach the folder and must not reach the data folder; nobody else of the
 * machine reaches either.
 */
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { type BindOptions, bind } from '../attach/bind.ts';
import { idMap } from '../attach/idmap.ts';
import { openAndBindTarget } from '../attach/open.ts';
import { type Machine, rootOwner } from '../host/machine.ts';
import { hasImage, memoryFolder, requireImage } from '../images/store.ts';
import { bridgeAddress, serviceAddress } from '../layout.ts';
import { boundLogs } from '../logs/bound.ts';
import { openBeneath, openFolderBeneath } from '../system/beneath.ts';
import { makeDevices, wantedDevices } from './devices.ts';
import { mountAt } from '../system/mountinfo.ts';
import { mountImage, unmountAll } from '../system/mounts.ts';
import { backupVolume, createVolume, openVolume } from '../volumes/volumes.ts';

type Start = EngineInput<'container.start'>;

export function viewPath({ layout }: Machine, service: string): string {
  return join(layout.views, service);
}

interface View {
  readonly hasAssets: boolean;
  /** Names beneath `/dev`. */
  readonly devices: readonly string[];
}

export async function buildView(machine: Machine, input: Start, idBase: number): Promise<View> {
  const { service, revision } = input;
  const view = viewPath(machine, service);
  await mkdir(view, { recursive: true, mode: 0o700 });
  await chown(view, 0, idBase);
  await chmod(view, 0o710);
  for (const folder of ['base', 'images', 'volumes', 'backup', 'etc', 'rpc', 'logs', 'memory'])
    await mkdir(join(view, folder), { recursive: true });
  const map = idMap(idBase, []);
  await bindInto(openFolder(machine.config.base), join(view, 'base'), { map, readonly: true });
  for (const name of input.images) {
    const image = await requireImage(machine, { service, revision, kind: 'image', name });
    await mountImage(image.squashfs, join(view, 'images', name), { nosuid: false });
    await copyOwned(image.config, join(view, 'images', `${name}.json`), idBase);
    await copyOwned(image.environment, join(view, 'images', `${name}.env`), idBase);
  }
  const script = await requireImage(machine, { service, revision, kind: 'javascript', name: 'javascript' });
  await mountImage(script.squashfs, join(view, 'javascript'), { nosuid: true });
  const assets = { service, revision, kind: 'assets', name: 'assets' } as const;
  const hasAssets = await hasImage(machine, assets);
  if (hasAssets)
    await mountImage((await requireImage(machine, assets)).squashfs, join(view, 'assets'), { nosuid: true });
  await bindInto(openBeneath(machine.layout.rpc, service), join(view, 'rpc'), { readonly: true });
  for (const volume of input.volumes) {
    await createVolume(machine, service, volume);
    await mkdir(join(view, 'volumes', volume), { recursive: true });
    await bindInto(openVolume(machine, service, volume), join(view, 'volumes', volume), { map });
  }
  await createVolume(machine, service, backupVolume);
  await bindInto(openVolume(machine, service, backupVolume), join(view, 'backup'), { map });
  const memory = await memoryFolder(machine, service, revision);
  const made = existsSync(join(memory, 'image'));
  await bindInto(openFolder(memory), join(view, 'memory'), { map, noexec: true, readonly: made });
  const logs = openFolderBeneath(machine.layout.logs, service, rootOwner, 0o755);
  await bindInto(logs, join(view, 'logs'), { map, noexec: true });
  boundLogs(machine, service);
  await writeNames(machine, input, join(view, 'etc'));
  const devices = wantedDevices(input.devices);
  await makeDevices(join(view, 'devices'), devices, idBase);
  return { hasAssets, devices: devices.map(({ name }) => name) };
}

/** Removes mount points by rmdir alone, which refuses what is not empty: volumes were mounted here. */
export async function dropView(machine: Machine, service: string): Promise<void> {
  const view = viewPath(machine, service);
  await unmountAll(view);
  for (const folder of ['images', 'etc']) {
    for (const entry of await entriesOf(join(view, folder))) {
      const path = join(view, folder, entry.name);
      await (entry.isDirectory() ? rmdir(path) : rm(path));
    }
  }
  for (const entry of await entriesOf(join(view, 'volumes'))) await rmdir(join(view, 'volumes', entry.name));
  for (const entry of await entriesOf(view)) await rmdir(join(view, entry.name));
  if (existsSync(view)) await rmdir(view);
}

function openFolder(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

/** What it shows was walked to, not named: the folder of sockets belongs to the kernel. Closes the source. */
async function bindInto(source: number, target: string, options: Partial<BindOptions>): Promise<void> {
  try {
    if (mountAt(target)) return;
    await openAndBindTarget(target, (descriptor) => bind({ descriptor }, { ...options, source, name: target }));
  } finally {
    closeSync(source);
  }
}

async function copyOwned(source: string, target: string, owner: number): Promise<void> {
  await rm(target, { force: true });
  await writeFile(target, await readFile(source), { mode: 0o644 });
  await chown(target, owner, owner);
}

/** Bound over the base system's empty files; the trees of packages are never written. */
async function writeNames(machine: Machine, { service, index }: Start, folder: string): Promise<void> {
  const own = serviceAddress(machine.config, index);
  const hosts = [
    '127.0.0.1 localhost',
    `${own} ${service} ${service}.startos ${service}.embassy`,
    `${bridgeAddress(machine.config)} startos`,
  ];
  await writeFile(join(folder, 'hosts'), `${hosts.join('\n')}\n`, { mode: 0o644 });
  await writeFile(join(folder, 'hostname'), `${service}\n`, { mode: 0o644 });
  const resolver = `nameserver ${bridgeAddress(machine.config)}\noptions edns0 trust-ad\n`;
  await writeFile(join(folder, 'resolv.conf'), resolver, { mode: 0o644 });
}
