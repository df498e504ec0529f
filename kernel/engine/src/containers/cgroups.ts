/** What a container uses, from its cgroups; v1 (each controller a tree of its own) and v2. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineInput } from '@hearth/contract';

const root = '/sys/fs/cgroup';

/** A service never runs without a bound on processes. */
const defaultProcesses = 16_384;

/** Null where there is to be no limit. */
export interface LimitFile {
  readonly controller: 'memory' | 'cpu' | 'pids' | 'blkio' | 'io';
  readonly file: string;
  readonly value: number | null;
}

export interface Usage {
  readonly memory: number;
  readonly memoryLimit: number | null;
  readonly cpuSeconds: number;
  readonly pids: number;
  readonly outOfMemoryKills: number;
}

/** Folder of a controller for the container a process is in; undefined when the process is gone. */
export function containerGroup(pid: number, controller: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, 'latin1');
  } catch {
    return undefined;
  }
  const lines = text.split('\n').map((line) => line.split(':'));
  const v1 = lines.find(([, names]) => names?.split(',').includes(controller) === true);
  const path = (v1 ?? lines.find(([number]) => number === '0'))?.[2];
  if (path === undefined) return undefined;
  return join(root, v1 ? controller : '', containerPart(path));
}

/** A guest sorts its processes into groups of its own beneath the container's; the container's is what counts. */
export function containerPart(path: string): string {
  const parts = path.split('/');
  const place = parts.findIndex((part) => part.startsWith('lxc.payload.'));
  return place < 0 ? path : parts.slice(0, place + 1).join('/');
}

/**
 * The control files of limits, by controller, as both versions want them.
 *
 * @param ioFile where a weight of input and output goes; null where the machine has none
 */
export function limitFiles(
  limits: EngineInput<'container.start'>['limits'],
  version: 'v1' | 'v2',
  ioFile: string | null = null,
): LimitFile[] {
  const { memory, cpuWeight, pids, ioWeight = null } = limits;
  const io: LimitFile[] =
    ioFile === null
      ? []
      : [{ controller: version === 'v1' ? 'blkio' : 'io', file: ioFile, value: weightFor(ioFile, ioWeight) }];
  const processes = pids ?? defaultProcesses;
  if (version === 'v2')
    return [
      { controller: 'memory', file: 'memory.max', value: memory },
      // Reclaim starts before the kill.
      { controller: 'memory', file: 'memory.high', value: memory === null ? null : Math.floor(memory * 0.95) },
      { controller: 'cpu', file: 'cpu.weight', value: cpuWeight },
      { controller: 'pids', file: 'pids.max', value: processes },
      ...io,
    ];
  // v1 counts shares around 1024, v2 weights around 100.
  const shares = cpuWeight === null ? null : Math.max(2, Math.round((cpuWeight * 1024) / 100));
  return [
    { controller: 'memory', file: 'memory.limit_in_bytes', value: memory },
    { controller: 'cpu', file: 'cpu.shares', value: shares },
    { controller: 'pids', file: 'pids.max', value: processes },
    ...io,
  ];
}

/** The scheduler BFQ counts from 1 to 1,000. */
function weightFor(file: string, weight: number | null): number | null {
  return weight === null || !file.includes('bfq') ? weight : Math.min(1000, weight);
}

const unlimited: Readonly<Record<string, string>> = {
  'memory.max': 'max',
  'memory.high': 'max',
  'memory.limit_in_bytes': '-1',
  'cpu.weight': '100',
  'cpu.shares': '1024',
  'io.weight': '100',
  'io.bfq.weight': '100',
  'blkio.bfq.weight': '100',
};

/** Gives a running container other limits. Throws what the kernel says: v1 refuses less memory than is used. */
export function applyLimits(pid: number, files: readonly LimitFile[]): void {
  for (const { controller, file, value } of files) {
    const folder = containerGroup(pid, controller);
    if (folder !== undefined)
      writeFileSync(join(folder, file), value === null ? (unlimited[file] ?? 'max') : String(value));
  }
}

/** Undefined when the process is gone. */
export function usageOf(pid: number, version: 'v1' | 'v2'): Usage | undefined {
  const memory = containerGroup(pid, 'memory');
  const cpu = containerGroup(pid, version === 'v1' ? 'cpuacct' : 'cpu');
  const pids = containerGroup(pid, 'pids');
  if (memory === undefined || cpu === undefined || pids === undefined) return undefined;
  try {
    return version === 'v1' ? usageV1(memory, cpu, pids) : usageV2(memory, cpu, pids);
  } catch {
    return undefined;
  }
}

function usageV1(memory: string, cpu: string, pids: string): Usage {
  const limit = Number(text(memory, 'memory.limit_in_bytes'));
  // v1 says "no limit" by the largest number of pages.
  const unlimited = limit >= Number.MAX_SAFE_INTEGER;
  return {
    memory: Math.max(
      0,
      Number(text(memory, 'memory.usage_in_bytes')) - field(memory, 'memory.stat', 'total_inactive_file'),
    ),
    memoryLimit: unlimited ? null : limit,
    cpuSeconds: Number(text(cpu, 'cpuacct.usage')) / 1e9,
    pids: Number(text(pids, 'pids.current')),
    outOfMemoryKills: killsV1(memory),
  };
}

/** v1 counts each group's kills for itself. */
function killsV1(folder: string): number {
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = field(folder, 'memory.oom_control', 'oom_kill');
  return inner.reduce((sum, entry) => sum + killsV1(join(folder, entry.name)), own);
}

function usageV2(memory: string, cpu: string, pids: string): Usage {
  const limit = text(memory, 'memory.max');
  return {
    memory: Math.max(0, Number(text(memory, 'memory.current')) - field(memory, 'memory.stat', 'inactive_file')),
    memoryLimit: limit === 'max' ? null : Number(limit),
    cpuSeconds: field(cpu, 'cpu.stat', 'usage_usec') / 1e6,
    pids: Number(text(pids, 'pids.current')),
    outOfMemoryKills: field(memory, 'memory.events', 'oom_kill'),
  };
}

function text(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'latin1').trim();
}

function field(folder: string, name: string, key: string): number {
  const line = text(folder, name)
    .split('\n')
    .find((candidate) => candidate.startsWith(`${key} `));
  return Number(line?.slice(key.length + 1) ?? 0);
}
