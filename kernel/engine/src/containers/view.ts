/**
 * `<run>/views/<service>`: everything bound into a container, put together by the engine.
 *
 * LXC binds as the container's root, which must reach the folder and must not reach the data folder; nobody else of the
 * machine reaches either.
 */
import { constants, existsSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { idMap } from '../attach/idmap.ts';
import { type Machine, rootOwner } from '../host/machine.ts';
import { hasImage, memoryFolder, requireImage } from '../images/store.ts';
import { bridgeAddress, serviceAddress } from '../layout.ts';
import { boundLogs } from '../logs/bound.ts';
import { openBeneath, openFolderBeneath } from '../system/beneath.ts';
import { mountImage, unmountAll } from '../system/mounts.ts';
import { backupVolume, createVolume, openVolume } from '../volumes/volumes.ts';
import { makeDevices, wantedDevices } from './devices.ts';
import { bindTrees, type ViewTree } from './trees.ts';

type Start = EngineInput<'container.start'>;

export function viewPath({ layout }: Machine, service: string): string {
  return join(layout.views, service);
}

interface View {
  readonly hasAssets: boolean;
  /** Names beneath `/dev`. */
  readonly devices: readonly string[];
}

/** With it goes the folder beneath which subcontainers are mounted while it runs. */
export async function buildView(machine: Machine, input: Start, idBase: number): Promise<View> {
  const { service } = input;
  const view = viewPath(machine, service);
  await mkdir(view, { recursive: true, mode: 0o700 });
  await chown(view, 0, idBase);
  await chmod(view, 0o710);
  for (const folder of ['base', 'images', 'volumes', 'backup', 'etc', 'rpc', 'logs', 'memory'])
    await mkdir(join(view, folder), { recursive: true });
  const subcontainers = await subcontainerFolder(machine, service, idBase);
  const { hasAssets, mounts } = await imagesOf(machine, input, idBase);
  const trees = await treesOf(machine, input);
  // Waits for all of them, whatever becomes of one: nothing is mounted any more once this has failed.
  const made = await Promise.allSettled([
    ...mounts.map((mount) => mount()),
    bindTrees([...trees, subcontainers], idMap(idBase, [])),
  ]);
  for (const one of made) if (one.status === 'rejected') throw one.reason;
  boundLogs(machine, service);
  await writeNames(machine, input, join(view, 'etc'));
  const devices = wantedDevices(input.devices);
  await makeDevices(join(view, 'devices'), devices, idBase);
  return { hasAssets, devices: devices.map(({ name }) => name) };
}

/** What is in the package's archive, still to be mounted. */
async function imagesOf(machine: Machine, input: Start, owner: number) {
  const { service, revision } = input;
  const view = viewPath(machine, service);
  const mounts: (() => Promise<void>)[] = [];
  for (const name of input.images) {
    const image = await requireImage(machine, { service, revision, kind: 'image', name });
    mounts.push(() => mountImage(image.squashfs, join(view, 'images', name), { nosuid: false }));
    await copyOwned(image.config, join(view, 'images', `${name}.json`), owner);
    await copyOwned(image.environment, join(view, 'images', `${name}.env`), owner);
  }
  const script = await requireImage(machine, { service, revision, kind: 'javascript', name: 'javascript' });
  mounts.push(() => mountImage(script.squashfs, join(view, 'javascript'), { nosuid: true }));
  const assets = { service, revision, kind: 'assets', name: 'assets' } as const;
  const hasAssets = await hasImage(machine, assets);
  if (hasAssets) {
    const { squashfs } = await requireImage(machine, assets);
    mounts.push(() => mountImage(squashfs, join(view, 'assets'), { nosuid: true }));
  }
  return { hasAssets, mounts };
}

/** What it shows was walked to, not named: the folder of sockets belongs to the kernel, volumes to the package. */
async function treesOf(machine: Machine, { service, revision, volumes }: Start): Promise<ViewTree[]> {
  const view = viewPath(machine, service);
  for (const volume of [...volumes, backupVolume]) await createVolume(machine, service, volume);
  for (const volume of volumes) await mkdir(join(view, 'volumes', volume), { recursive: true });
  const memory = await memoryFolder(machine, service, revision);
  const made = existsSync(join(memory, 'image'));
  const { base } = machine.config;
  const { rpc, logs } = machine.layout;
  const volumeTree = (volume: string, target: string): ViewTree => ({
    open: () => openVolume(machine, service, volume),
    target: join(view, target),
    mapped: true,
  });
  return [
    { open: () => openFolder(base), target: join(view, 'base'), mapped: true, readonly: true },
    { open: () => openBeneath(rpc, service), target: join(view, 'rpc'), readonly: true },
    ...volumes.map((volume) => volumeTree(volume, `volumes/${volume}`)),
    volumeTree(backupVolume, 'backup'),
    { open: () => openFolder(memory), target: join(view, 'memory'), mapped: true, noexec: true, readonly: made },
    {
      open: () => openFolderBeneath(logs, service, rootOwner, 0o755),
      target: join(view, 'logs'),
      mapped: true,
      noexec: true,
    },
  ];
}

/** A mount of its own that passes on what is mounted beneath it; the container's alone: what programs write shows up in it. */
async function subcontainerFolder({ layout }: Machine, service: string, owner: number): Promise<ViewTree> {
  const path = join(layout.subcontainers, service);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chown(path, owner, owner);
  await chmod(path, 0o710);
  return { open: () => openFolder(path), target: path, shared: true };
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
