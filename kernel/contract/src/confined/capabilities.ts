/**
 * What a confined plugin may be allowed to do: one row per capability, with what it is about. How it reads to the owner is
 * in grants.ts.
 */
import { z } from 'zod';
import { packageId } from '../ids.ts';

const services = z.union([z.literal('all'), z.array(packageId).min(1).max(100)]);

/** A name, or `*.` and a name: everything beneath it. Never an address: those are asked for by `private`. */
export const fetchHost = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9]\d{0,4})?$/,
    'a host name in lower case, as in api.example.org, *.example.org or api.example.org:8443',
  )
  .refine((host) => !/(^|\.)\d+(:\d+)?$/.test(host), 'a name, not an address');

export const listenable = z.enum([
  'service.installed',
  'service.removed',
  'service.status',
  'service.health',
  'job.finished',
  'server.changed',
]);
/** `<plugin>/<event>`: what another confined plugin announces. */
export const pluginEvent = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/);

/** Why the plugin asks, in one sentence for the owner; optional ones may be refused and the plugin still runs. */
const reasoned = {
  reason: z.string().min(10).max(300),
  optional: z.boolean().optional(),
};

export const capability = z.discriminatedUnion('capability', [
  z.strictObject({ capability: z.literal('state'), ...reasoned }),
  z.strictObject({ capability: z.literal('storage'), megabytes: z.number().int().min(1).max(64), ...reasoned }),
  z.strictObject({ capability: z.literal('methods'), ...reasoned }),
  z.strictObject({ capability: z.literal('panel'), ...reasoned }),
  z.strictObject({ capability: z.literal('timers'), everySeconds: z.number().int().min(5).max(86_400), ...reasoned }),
  z.strictObject({ capability: z.literal('jobs'), ...reasoned }),
  z.strictObject({ capability: z.literal('notifications'), perDay: z.number().int().min(1).max(100), ...reasoned }),
  z.strictObject({ capability: z.literal('health'), ...reasoned }),
  z.strictObject({ capability: z.literal('server.read'), ...reasoned }),
  z.strictObject({ capability: z.literal('services.read'), services, ...reasoned }),
  z.strictObject({ capability: z.literal('services.addresses'), services, ...reasoned }),
  z.strictObject({ capability: z.literal('services.give-addresses'), services, ...reasoned }),
  z.strictObject({
    capability: z.literal('services.control'),
    services,
    moves: z
      .array(z.enum(['start', 'stop', 'restart']))
      .min(1)
      .max(3),
    ...reasoned,
  }),
  z.strictObject({
    capability: z.literal('events.listen'),
    events: z
      .array(z.union([listenable, pluginEvent]))
      .min(1)
      .max(32),
    ...reasoned,
  }),
  z.strictObject({ capability: z.literal('events.emit'), ...reasoned }),
  z.strictObject({
    capability: z.literal('network.fetch'),
    hosts: z.array(fetchHost).min(1).max(32),
    /** Also where a name leads to this machine, its services or the home network. */
    private: z.boolean().optional(),
    ...reasoned,
  }),
  z.strictObject({
    capability: z.literal('backup.target'),
    hosts: z.array(fetchHost).min(1).max(32).optional(),
    /** Also addresses that are entered for a place, wherever they lead. */
    entered: z.boolean().optional(),
    ...reasoned,
  }),
]);
export type Capability = z.infer<typeof capability>;
export type CapabilityName = Capability['capability'];
export type CapabilityOf<N extends CapabilityName> = Extract<Capability, { readonly capability: N }>;

export const capabilityNames: readonly CapabilityName[] = capability.options.map(
  (option) => option.shape.capability.value,
);

export const capabilityChange = z.object({
  capability: z.string(),
  change: z.enum(['new', 'more', 'less', 'same', 'gone']),
  /** What is asked now; of what is gone, what was. */
  sentence: z.string(),
  /** What was granted before, where that differs. */
  before: z.string().nullable(),
  reason: z.string(),
  optional: z.boolean(),
  /** The owner is to agree before it holds. */
  needsGrant: z.boolean(),
});
export type CapabilityChange = z.infer<typeof capabilityChange>;
