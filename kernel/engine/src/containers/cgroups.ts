/** What a container uses, from its cgroups; v1 (each controller a tree of its own) and v2. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

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
