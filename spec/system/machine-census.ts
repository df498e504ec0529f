/** Everything there is of a service on a real machine, by name: what a job left must be what a job leaves. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceRow } from '@hearth/contract';
import type { Box } from './box.ts';
import type { Ledgers } from './ledger.ts';

export interface MachineCensus {
  readonly row: ReturnType<typeof rowOf> | null;
  /** Folders and files that carry its name. */
  readonly paths: readonly string[];
  readonly mounts: readonly string[];
  /** Interfaces of the box's containers. */
  readonly links: readonly string[];
  readonly staging: readonly string[];
}

/** Of a machine at rest. Times, process ids and names of jobs are left out: they are new in every run. */
export async function machineCensus(box: Box, ledgers: Ledgers, id = 'ledger'): Promise<MachineCensus> {
  const { config } = box;
  const row = (await ledgers.rows())?.find((each) => each.id === id) ?? null;
  const roots = [join(config.data, 'engine'), join(config.data, 'packages'), config.run, config.lxcPath];
  return {
    row: row === null ? null : rowOf(row),
    paths: roots.flatMap((root) => named(root, id)).sort(),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '')
      .filter((target) => target.startsWith(config.run) || target.startsWith(config.data))
      .filter((target) => target.includes(`/${id}/`) || target.endsWith(`/${id}`))
      .sort(),
    links: readdirSync('/sys/class/net')
      .filter((name) => name.startsWith(config.bridge) && name !== config.bridge)
      .sort(),
    staging: inside(join(config.data, 'staging'))
      .filter((name) => name !== 'uploads')
      .sort(),
  };
}

function rowOf({ manifest, package: pack, status, job, error, index, hosts, dependencies }: ServiceRow) {
  const { desired, actual, reason } = status;
  return {
    ...{ version: manifest.version, revision: pack.rootSighash, desired, actual, explained: reason !== '' },
    ...{ job, error: error?.code ?? null, index, hosts, dependencies },
  };
}

/** Down to what the service itself put there: its logs, its volumes' contents and its memory images are its own affair. */
function named(root: string, id: string): string[] {
  if (!existsSync(root)) return [];
  // What goes while it is looked for, with a container that is parked just then, is gone.
  const what = ['-maxdepth', '3', '-ignore_readdir_race', '-name', `*${id}*`, '-printf', '%p\\n'];
  const found = execFileSync('find', [root, ...what], { encoding: 'utf8' });
  const paths = found.split('\n').filter(Boolean);
  const deep = paths.filter((path) => /(images|snapshots|packages)\/[^/]+$/.test(path));
  return [...paths, ...deep.flatMap((path) => inside(path).map((name) => join(path, name)))];
}

const inside = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
