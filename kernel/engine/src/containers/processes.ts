/** The processes of a container that live in a mount namespace of their own: programs that crun runs. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { containerGroup } from './cgroups.ts';

/** One process of each mount namespace of the container other than the container's own. */
export function processesOf(initPid: number): number[] {
  const group = containerGroup(initPid, 'pids') ?? containerGroup(initPid, 'memory');
  if (group === undefined) return [];
  const known = new Set([namespaceOf(initPid)]);
  const found: number[] = [];
  for (const pid of pidsBeneath(group)) {
    const namespace = namespaceOf(pid);
    if (namespace === undefined || known.has(namespace)) continue;
    known.add(namespace);
    found.push(pid);
  }
  return found;
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

function pidsBeneath(group: string): number[] {
  try {
    const own = readFileSync(join(group, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean).map(Number);
    const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return own.concat(inner.flatMap((entry) => pidsBeneath(join(group, entry.name))));
  } catch {
    return [];
  }
}
