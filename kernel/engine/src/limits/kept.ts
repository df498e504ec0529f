/** Which limits this machine can keep: by its cgroups, the scheduler of the data disk, and the data's file system. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EngineConfig, HostFeatures } from '@hearth/contract';
import { mountOf } from '../system/mountinfo.ts';
import { keepsDiskLimits } from './disk.ts';

const groups = '/sys/fs/cgroup';

/** The control file that a weight of input and output goes into; null where it would mean nothing. */
export function ioWeightFile(data: string, version: 'v1' | 'v2'): string | null {
  const queue = queueOf(data);
  const fair = queue !== null && read(join(queue, 'scheduler')).includes('[bfq]');
  if (version === 'v1')
    return fair && anyGroupHas(join(groups, 'blkio'), 'blkio.bfq.weight') ? 'blkio.bfq.weight' : null;
  if (fair && anyGroupHas(groups, 'io.bfq.weight')) return 'io.bfq.weight';
  // The cost model weighs too, on the disks it is on for.
  const costed = read(join(groups, 'io.cost.qos')).includes('enable=1');
  return costed && anyGroupHas(groups, 'io.weight') ? 'io.weight' : null;
}

export async function unkeptLimits(config: EngineConfig, version: 'v1' | 'v2'): Promise<HostFeatures['unkept']> {
  return [
    ...(version === 'v1' ? ['memoryHigh' as const] : []),
    ...(ioWeightFile(config.data, version) === null ? ['ioWeight' as const] : []),
    ...((await keepsDiskLimits(config.data)) ? [] : ['disk' as const]),
  ];
}

/** The queue of the whole disk the data is on; null where it is on none, or on several. */
function queueOf(data: string): string | null {
  const source = mountOf(data)?.source ?? '';
  if (!source.startsWith('/dev/')) return null;
  try {
    const device = realpathSync(join('/sys/class/block', basename(realpathSync(source))));
    // A partition has none of its own.
    const queue = [device, dirname(device)].map((folder) => join(folder, 'queue')).find((path) => existsSync(path));
    return queue ?? null;
  } catch {
    return null;
  }
}

/** The root group has no weights; any other shows whether the kernel knows them. */
function anyGroupHas(tree: string, file: string): boolean {
  try {
    return readdirSync(tree, { withFileTypes: true }).some(
      (entry) => entry.isDirectory() && existsSync(join(tree, entry.name, file)),
    );
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
