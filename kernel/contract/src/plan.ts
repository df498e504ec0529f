/** What a job on a service would do, told before it is begun. */
import { z } from 'zod';
import { packageId } from './ids.ts';

const bytes = z.number().int().nonnegative();

/** One difference between the manifests, or between what is there and nothing. */
export const planChange = z.object({
  /** JSON pointer into the manifest, or into the input of an action. */
  path: z.string(),
  /** Absent where there was, or will be, nothing. */
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  /**
   * `permission`: what it may do or see, devices. `data`: its volumes. `need`: other services, memory. `setting`: of an
   * action's input. `text`: words for people.
   */
  about: z.enum(['permission', 'data', 'need', 'image', 'version', 'setting', 'text']),
});
export type PlanChange = z.infer<typeof planChange>;

export const servicePlan = z.object({
  kind: z.enum(['package.install', 'package.update', 'package.uninstall', 'package.rebuild', 'package.action.run']),
  /** Of all that it binds: given back as `plan`, this very thing is done, or nothing. */
  id: z.string(),
  service: packageId,
  title: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** What would be installed: given back as `expect`, nothing else is. Null when nothing is brought in. */
  rootSighash: z.string().nullable(),
  /** Bytes still to be fetched. */
  fetch: bytes,
  disk: z.object({ needed: bytes, free: bytes }),
  memory: z.object({ needed: bytes.nullable(), total: bytes }),
  changes: z.array(planChange),
  /** The data is put aside first, at this cost; null where nothing touches it. */
  snapshot: z.object({ bytes, shared: z.boolean() }).nullable(),
  /** Volumes that go for ever, in bytes; null when data stays. */
  erases: bytes.nullable(),
  /** Ports of the host it holds now, and whether they are its own afterwards. What a new version asks for is known once it runs. */
  ports: z.array(z.object({ port: z.number().int(), effect: z.enum(['kept', 'freed']) })),
  /** Seconds it will be down, roughly; 0 when it does not run. */
  downtime: z.number().nonnegative(),
  /** Those that need it. */
  dependants: z.array(
    z.object({
      id: packageId,
      title: z.string(),
      running: z.boolean(),
      /**
       * `interrupted`: it is down meanwhile. `unsatisfied`: the new version is not one it accepts. `lost`: it is gone.
       * `needsYou`: a task of it opens. `served`: an open task of it is done.
       */
      effect: z.enum(['interrupted', 'unsatisfied', 'lost', 'needsYou', 'served']),
    }),
  ),
  /** Why it would be refused, as the errors it would fail with; empty when nothing is in the way. */
  refusals: z.array(z.object({ code: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) })),
});
export type ServicePlan = z.infer<typeof servicePlan>;
