/** The state of one service, as everybody sees it. Owned by the kernel: slice `services`, one row per service. */
import { z } from 'zod';
import { freeId, id, instant, packageId } from './ids.ts';
import { manifest } from './manifest.ts';
import { host } from './network.ts';

export const checkResult = z.enum(['success', 'disabled', 'starting', 'waiting', 'loading', 'failure']);
export type CheckResult = z.infer<typeof checkResult>;

/** What the owner wants of an installed service. */
export const desiredState = z.enum(['stopped', 'running']);
export type DesiredState = z.infer<typeof desiredState>;

/**
 * What is.
 *
 * installing, updating, restoring, removing: a job owns the service. `crashed`: it will be started again by itself (see
 * `reason`). `failed`: it will not, until the owner acts.
 */
export const actualState = z.enum([
  'installing',
  'updating',
  'restoring',
  'removing',
  'stopped',
  'starting',
  'running',
  'stopping',
  'backing-up',
  'crashed',
  'failed',
]);
export type ActualState = z.infer<typeof actualState>;

export const serviceStatus = z.object({
  desired: desiredState,
  actual: actualState,
  /** Why it is in this state: a sentence for the owner. */
  reason: z.string().max(500),
  since: instant,
  /** When the present move must be over; then it is escalated, never left hanging. */
  deadline: instant.nullable(),
  /** When `main` last came up; null while down. */
  startedAt: instant.nullable(),
  /** Unplanned ends in a row; back to 0 after a healthy spell. */
  crashes: z.number().int().nonnegative(),
});
export type ServiceStatus = z.infer<typeof serviceStatus>;

export const actionMetadata = z.object({
  name: z.string().max(200),
  description: z.string().max(4000),
  warning: z.string().max(4000).nullable(),
  visibility: z.union([z.literal('hidden'), z.literal('enabled'), z.object({ disabled: z.string() })]),
  allowedStatuses: z.enum(['only-running', 'only-stopped', 'any']),
  hasInput: z.boolean(),
  group: z.string().nullable(),
  access: z.enum(['public', 'dependent', 'user']).optional(),
});
export type ActionMetadata = z.infer<typeof actionMetadata>;

export const dependencyRequirement = z.union([
  z.object({
    kind: z.literal('running'),
    id: packageId,
    healthChecks: z.array(freeId),
    versionRange: z.string().max(4096),
  }),
  z.object({ kind: z.literal('exists'), id: packageId, versionRange: z.string().max(4096) }),
]);
export type DependencyRequirement = z.infer<typeof dependencyRequirement>;

export const taskEntry = z.object({
  active: z.boolean(),
  task: z.object({
    packageId,
    actionId: id,
    severity: z.enum(['optional', 'important', 'critical']),
    reason: z.string().max(4000).nullish(),
    when: z.object({ once: z.boolean(), condition: z.literal('input-not-matches') }).nullish(),
    input: z
      .object({
        kind: z.literal('partial'),
        accept: z.array(z.record(z.string(), z.unknown())).optional(),
        set: z.record(z.string(), z.unknown()).optional(),
        value: z.record(z.string(), z.unknown()).optional(),
      })
      .nullish(),
  }),
});
export type TaskEntry = z.infer<typeof taskEntry>;

/** What the owner lets a service use; null leaves it to the server. */
export const serviceLimits = z.object({
  /** Bytes; a program in it is ended when they are not enough. */
  memory: z
    .number()
    .int()
    .min(64 * 1024 * 1024)
    .nullable(),
  /** Its share of a busy processor: 100 is what others have. */
  cpuWeight: z.number().int().min(1).max(10000).nullable(),
  pids: z.number().int().min(64).max(1_000_000).nullable(),
  /** Its share of a busy disk: 100 is what others have. */
  ioWeight: z.number().int().min(1).max(10000).nullable().optional(),
  /** Bytes its volumes may take together. */
  disk: z
    .number()
    .int()
    .min(16 * 1024 * 1024)
    .nullable()
    .optional(),
});
export type ServiceLimits = z.infer<typeof serviceLimits>;

export const serviceRow = z.object({
  id: packageId,
  /** From 2 up, unique while its data is kept: fixes ids on disk, address and MAC on the bridge. */
  index: z.number().int().min(2).max(254),
  manifest,
  /** What was verified when it was installed. */
  package: z.object({
    /** Hex. */
    rootSighash: z.string(),
    rootMaxsize: z.number().int(),
    /** Hex of the Ed25519 key that signed the archive. */
    signer: z.string(),
    /** Where it came from; null for a sideloaded file. */
    registry: z.string().nullable(),
    /** Bytes of the kept archive. */
    size: z.number().int(),
    installedAt: instant,
  }),
  status: serviceStatus,
  /** Set when the service cannot come up; cleared by the next successful load. */
  error: z.object({ code: z.string(), message: z.string(), details: z.string().nullable() }).nullable(),
  /** The job that owns the service, if any. */
  job: z.string().nullable(),
  hosts: z.record(freeId, host),
  actions: z.record(id, actionMetadata),
  tasks: z.record(freeId, taskEntry),
  dependencies: z.record(packageId, dependencyRequirement),
  lastBackup: instant.nullable(),
  /** Absent: what the server gives every service. */
  limits: serviceLimits.optional(),
  /** What it offers to other services. `tableAction`: the action that gives an interface of theirs an address. */
  plugin: z.object({ url: z.object({ tableAction: id }).nullable() }).optional(),
});
export type ServiceRow = z.infer<typeof serviceRow>;

export const servicesSlice = z.record(packageId, serviceRow);

/** Volatile slice `serviceHealth`: by service, by check. Told again by the guest after every reconnect. */
export const healthEntry = z.object({
  name: z.string().max(200),
  result: checkResult,
  message: z.string().max(2000).nullable(),
  /** When this result began. */
  since: instant,
});
export type HealthEntry = z.infer<typeof healthEntry>;
export const serviceHealthSlice = z.record(packageId, z.record(freeId, healthEntry));

/** Volatile slice `serviceNeeds`: by service, by the one it needs, how that stands and why. */
export const needEntry = z.object({
  /** `task`: the service asks its owner to do something with the other first. */
  state: z.enum(['satisfied', 'missing', 'wrong-version', 'not-running', 'unhealthy', 'task']),
  /** A sentence for the owner. */
  reason: z.string().max(500),
  /** Of the other, installed or not. */
  title: z.string(),
});
export type NeedEntry = z.infer<typeof needEntry>;
export const serviceNeedsSlice = z.record(packageId, z.record(packageId, needEntry));
