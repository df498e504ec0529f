/** What this machine can do, and what is left of it. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { freemem, loadavg, machine, release, totalmem } from 'node:os';
import type { EngineConfig, EngineOutput, HostFeatures } from '@hearth/contract';
import { bridgeAddress, idsPerService, serviceCapacity } from '../layout.ts';
import { unkeptLimits } from '../limits/kept.ts';
import { mountAt, mountOf } from '../system/mountinfo.ts';
import { run } from '../system/run.ts';

/** The unified hierarchy counts only where it is the whole of /sys/fs/cgroup: a hybrid limits by v1. */
export function cgroupVersion(): 'v1' | 'v2' {
  return mountAt('/sys/fs/cgroup')?.type === 'cgroup2' ? 'v2' : 'v1';
}

export async function hostFeatures(config: EngineConfig): Promise<HostFeatures> {
  const fileSystem = mountOf(config.data)?.type ?? 'unknown';
  return {
    kernel: release(),
    architecture: machine() === 'aarch64' ? 'aarch64' : 'x86_64',
    cgroup: cgroupVersion(),
    lxc: (await run('lxc-start', ['--version'])).stdout.trim(),
    memory: totalmem(),
    ids: { first: config.ids.first + idsPerService, services: serviceCapacity(config) },
    bridge: { name: config.bridge, address: bridgeAddress(config) },
    dataFileSystem: fileSystem,
    snapshots: fileSystem === 'btrfs',
    unkept: await unkeptLimits(config, cgroupVersion()),
  };
}

export async function hostUsage(config: EngineConfig): Promise<EngineOutput<'host.usage'>> {
  const disk = await statfs(config.data);
  return {
    diskFree: disk.bavail * disk.bsize,
    diskTotal: disk.blocks * disk.bsize,
    memoryAvailable: memoryAvailable(),
    memoryTotal: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}

function memoryAvailable(): number {
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'latin1'));
  return line ? Number(line[1]) * 1024 : freemem();
}
