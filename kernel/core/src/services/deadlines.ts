/** How long each move may take, in milliseconds, before it is escalated. Multiplied by the configuration's scale. */
export const deadlines = {
  /** From `container.start` to the guest's hello. */
  hello: 120_000,
  /** `init` at an ordinary container start. */
  load: 300_000,
  /** `init` after install, update or restore: without a sign of progress. */
  firstLoad: 1_800_000,
  start: 300_000,
  /** A daemon gets 60 s to end by itself, or what its package says: databases and nodes ask for minutes. */
  stop: 300_000,
  exit: 120_000,
  /** The container's processes, once the script is done. */
  containerStop: 10_000,
  actionInput: 30_000,
  actionRun: 120_000,
  backup: 3_600_000,
  /** A guest that lost the kernel comes back within this, or its container is looked at. */
  reconnect: 60_000,
  /** A dependency gets this long at boot before its dependants start without it. */
  bootDependency: 60_000,
  /** For a new version to show that it works, and for how long all must be well if it is to be believed sooner. */
  prove: 300_000,
  proveCalm: 5000,
  /** After the last use of a stopped service's container. */
  park: 60_000,
  /** Changes that a parked service watches are gathered for this long before it is woken. */
  stale: 5000,
  /** After a transition that could not even be tried: the disk is full, the engine away. */
  retry: 10_000,
  /** Between two glances at what is free on the disk, where services have disk limits that the file system does not keep. */
  diskGlance: 2000,
  /** Between two looks at what services with a disk limit take, where the file system keeps none. */
  diskLook: 60_000,
  /** Up this long without dying: the count of crashes starts again. */
  healthySpell: 600_000,
} as const;

export type Deadlines = { readonly [name in keyof typeof deadlines]: number };

export function scaledDeadlines(scale: number): Deadlines {
  return Object.fromEntries(Object.entries(deadlines).map(([name, value]) => [name, value * scale])) as Deadlines;
}
