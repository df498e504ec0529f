/** Everything there is of the services, on the machine and in the state, as one value that two runs can be compared by. */
import type { JobRow, ServiceRow } from '@hearth/contract';
import type { House, Kernel } from './house.ts';
import { until } from './house.ts';

/** Looks in a row that find nothing moving. */
const lasting = 10;

/** Resolves when nothing moves any more: no job is under way, and every service is where it is wanted. */
export async function calm(house: House, kernel: Kernel, limitMs = 30_000): Promise<void> {
  const rest: ReadonlySet<string> = new Set(['running', 'stopped', 'failed']);
  const records = (): object => house.slice('jobRecords') as object;
  const moving = (): string[] => [
    ...Object.keys(records()).map((id) => `job ${id} is kept`),
    ...allJobs(kernel).flatMap(({ title, finishedAt, state, step }) =>
      finishedAt === null ? [`job "${title}" is ${state} at ${step}`] : [],
    ),
    ...kernel.services.list().flatMap(({ id, status: { desired, actual } }) => {
      const there = actual === 'failed' || actual === desired;
      return there && rest.has(actual) ? [] : [`${id} is ${actual} and wanted ${desired}`];
    }),
  ];
  // A kernel that has just begun shows what it found before it sets out to change it: rest is what lasts.
  let still = 0;
  const atRest = (): boolean => (still = moving().length === 0 ? still + 1 : 0) >= lasting;
  await until(atRest, 'everything to be at rest', limitMs).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${moving().join(', ')}`);
  });
}

export function allJobs(kernel: Kernel): readonly JobRow[] {
  return kernel.methods.get('job.list')?.run({}, {} as never) as JobRow[];
}

/** Of a machine at rest. Instances, times and names of jobs are left out: they are new in every run. */
export async function census(house: House, kernel: Kernel): Promise<Record<string, unknown>> {
  const { machine } = house;
  const services = new Set([
    ...kernel.services.list().map(({ id }) => id),
    ...machine.images.keys(),
    ...machine.volumes.keys(),
    ...machine.containers.keys(),
    ...machine.made,
    ...machine.kept.snapshots.keys(),
    ...machine.kept.data.keys(),
  ]);
  const found: [string, unknown][] = [];
  for (const id of [...services].sort()) {
    const row = kernel.services.read(id);
    const container = machine.containers.get(id);
    found.push([
      id,
      {
        row: row === null ? null : rowOf(row),
        files: (await house.litter(id)).filter((name) => !name.startsWith('staging') && name !== 'host.sock'),
        images: [...(machine.images.get(id) ?? [])].sort(),
        volumes: [...(machine.volumes.get(id) ?? [])].sort(),
        data: machine.kept.data.get(id) ?? {},
        version: machine.versions.get(id) ?? null,
        snapshots: [...(machine.kept.snapshots.get(id)?.keys() ?? [])].length,
        // A stopped service may still have its container for a while: that is parking's to end.
        running: row?.status.actual === 'running' ? (container?.revision ?? null) : null,
        orphan: row === null && (container !== undefined || machine.made.has(id)),
      },
    ]);
  }
  const staging = (await house.litter('')).filter((name) => name.startsWith('staging'));
  const ports = house.slice('availablePorts');
  const all = { services: Object.fromEntries(found), staging, places: house.slice('serviceIndexes'), ports };
  // As plain values of this very realm, whoever made them.
  return JSON.parse(JSON.stringify(all)) as Record<string, unknown>;
}

function rowOf({
  manifest,
  package: pack,
  status,
  job,
  error,
  index,
  hosts,
  actions,
  tasks,
  dependencies,
}: ServiceRow) {
  const { desired, actual, reason, deadline } = status;
  return {
    ...{ version: manifest.version, revision: pack.rootSighash, desired, actual, explained: reason !== '', deadline },
    ...{ job, error: error?.code ?? null, index, hosts, actions, tasks, dependencies },
  };
}
