/**
 * What a confined plugin may be allowed to do: one row per capability, with what it is about, how it reads to the owner,
 * and when one grant covers what is asked. Pure: the page, the command line and the kernel read the same table.
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
]);
export type Capability = z.infer<typeof capability>;
export type CapabilityName = Capability['capability'];
export type CapabilityOf<N extends CapabilityName> = Extract<Capability, { readonly capability: N }>;

export const capabilityNames = capability.options.map((option) => option.shape.capability.value) as CapabilityName[];

/** What it means, to the owner: begins with a verb, no full stop. */
export function sentenceOf(asked: Capability): string {
  switch (asked.capability) {
    case 'state':
      return 'Show information of its own to everyone who is signed in';
    case 'storage':
      return `Keep up to ${asked.megabytes} MB of data of its own on this server`;
    case 'methods':
      return 'Add commands of its own that people who are signed in can call';
    case 'panel':
      return 'Show a page of its own in the web interface, in a closed frame';
    case 'timers':
      return `Work by itself, at most every ${duration(asked.everySeconds)}`;
    case 'jobs':
      return 'Run long work of its own that shows among the jobs';
    case 'notifications':
      return `Send you notifications, up to ${asked.perDay} a day`;
    case 'health':
      return 'Add health checks of its own';
    case 'server.read':
      return 'Know the name and version of this server';
    case 'services.read':
      return `See how ${whose(asked.services)} ${verb(asked.services, 'do', 'does')}: version, state, health`;
    case 'services.addresses':
      return `See the addresses of ${whose(asked.services)}`;
    case 'services.control':
      return `${sentence([...new Set(asked.moves)].sort())} ${whose(asked.services)}`;
    case 'events.listen':
      return `Be told of: ${asked.events.map(eventWords).join(', ')}`;
    case 'events.emit':
      return 'Announce events of its own to other plugins';
    case 'network.fetch':
      return `Reach ${asked.hosts.join(', ')}${asked.private === true ? ', also within your home network and this server' : ' on the internet'}`;
  }
}

/** Whether what was granted allows all that is asked. */
export function covers(granted: Capability, asked: Capability): boolean {
  if (granted.capability !== asked.capability) return false;
  const given = granted as Readonly<Record<string, unknown>>;
  return Object.entries(asked).every(([key, wanted]) => {
    if (key === 'capability' || key === 'reason' || key === 'optional') return true;
    const allowed = given[key];
    // More seconds between two turns are less work.
    if (key === 'everySeconds') return Number(wanted) >= Number(allowed);
    if (typeof wanted === 'number') return wanted <= Number(allowed);
    if (typeof wanted === 'boolean') return !wanted || allowed === true;
    if (allowed === 'all') return true;
    if (!Array.isArray(allowed) || !Array.isArray(wanted)) return wanted === undefined;
    return wanted.every((each) => allowed.includes(each));
  });
}

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

/** What an installation or update asks for, beside what was granted until now. */
export function compareCapabilities(
  granted: readonly Capability[],
  asked: readonly Capability[],
): readonly CapabilityChange[] {
  const rows = asked.map((entry): CapabilityChange => {
    const former = granted.find(({ capability: name }) => name === entry.capability);
    const covered = former !== undefined && covers(former, entry);
    const same = covered && covers(entry, former);
    const now = sentenceOf(entry);
    const then = former === undefined ? null : sentenceOf(former);
    return {
      capability: entry.capability,
      change: former === undefined ? 'new' : same ? 'same' : covered ? 'less' : 'more',
      sentence: now,
      before: then === now ? null : then,
      reason: entry.reason,
      optional: entry.optional === true,
      needsGrant: !covered,
    };
  });
  const gone = granted.filter(({ capability: name }) => !asked.some((entry) => entry.capability === name));
  return [
    ...rows,
    ...gone.map(
      (entry): CapabilityChange => ({
        capability: entry.capability,
        change: 'gone',
        sentence: sentenceOf(entry),
        before: null,
        reason: entry.reason,
        optional: entry.optional === true,
        needsGrant: false,
      }),
    ),
  ];
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}

function whose(named: 'all' | readonly string[]): string {
  return named === 'all' ? 'all services' : named.join(', ');
}

function verb(named: 'all' | readonly string[], many: string, one: string): string {
  return named !== 'all' && named.length === 1 ? one : many;
}

function sentence(words: readonly string[]): string {
  const all = words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
  return all.charAt(0).toUpperCase() + all.slice(1);
}

const eventNames: Readonly<Record<string, string>> = {
  'service.installed': 'services that are installed',
  'service.removed': 'services that are removed',
  'service.status': 'services that start and stop',
  'service.health': 'health checks that change',
  'job.finished': 'work that ends',
  'server.changed': 'a new name of this server',
};

function eventWords(event: string): string {
  const [plugin = '', name = ''] = event.split('/');
  return eventNames[event] ?? `"${name}" of plugin ${plugin}`;
}
