/**
 * Devices a package may declare, as nodes made for its container alone: of its root, for every user in it.
 *
 * The machine's own nodes stay as they are; bound, they would belong to nobody inside and be closed to all.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { mountForDevices } from '../system/mounts.ts';
import { run } from '../system/run.ts';

export interface Device {
  /** Beneath `/dev`. */
  readonly name: string;
  readonly major: number;
  readonly minor: number;
}

/** The kernel's fixed numbers: opening them loads what is behind them, where it was not loaded yet. */
const fuse: Device = { name: 'fuse', major: 10, minor: 229 };
const tun: Device = { name: 'net/tun', major: 10, minor: 200 };
/** Cards in `dri`; AMD's computing; machines of the processor's own. */
const accelerators = ['kfd', 'kvm'] as const;

/** @param folder of the machine's devices */
export function wantedDevices(wanted: EngineInput<'container.start'>['devices'], folder = '/dev'): readonly Device[] {
  const found = wanted.acceleration ? [...accelerators, ...cards(folder)] : [];
  return [
    ...(wanted.fuse ? [fuse] : []),
    ...(wanted.tun ? [tun] : []),
    ...found.flatMap((name) => deviceAt(folder, name)),
  ];
}

/** Makes them in a file system of their own, which the view takes down with itself. Nothing where there are none. */
export async function makeDevices(folder: string, devices: readonly Device[], owner: number): Promise<void> {
  if (devices.length === 0) return;
  await mountForDevices(folder);
  for (const { name, major, minor } of devices) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    await run('mknod', ['--mode=666', path, 'c', String(major), String(minor)]);
    await chown(path, owner, owner);
  }
}

function cards(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'dri')).map((name) => `dri/${name}`);
  } catch {
    return [];
  }
}

/** Nothing for what is no character device: links by path, folders. */
function deviceAt(folder: string, name: string): Device[] {
  try {
    const found = lstatSync(join(folder, name));
    return found.isCharacterDevice() ? [{ name, ...numbersOf(found.rdev) }] : [];
  } catch {
    return [];
  }
}

/** As the C library packs them: twelve bits of the major above eight of the minor, whose other bits lie above both. */
function numbersOf(rdev: number): Pick<Device, 'major' | 'minor'> {
  const packed = BigInt(rdev);
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n);
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}
