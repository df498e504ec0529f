/**
 * What the owner is told of a capability, and when one grant covers what is asked. The page, the command line and the
 * kernel use the same words; nothing but types is imported, so that the page stays small.
 */
import type { Capability, CapabilityChange, CapabilityName, CapabilityOf } from './capabilities.ts';

/** What it means, to the owner: begins with a verb, no full stop. */
export function sentenceOf(asked: Capability): string {
  return (sentences[asked.capability] as (asked: Capability) => string)(asked);
}

const sentences: { readonly [N in CapabilityName]: (asked: CapabilityOf<N>) => string } = {
  state: () => 'Show information of its own to everyone who is signed in',
  storage: ({ megabytes }) => `Keep up to ${megabytes} MB of data of its own on this server`,
  methods: () => 'Add commands of its own that people who are signed in can call',
  panel: () => 'Show a page of its own in the web interface, in a closed frame',
  timers: ({ everySeconds }) => `Work by itself, at most every ${duration(everySeconds)}`,
  jobs: () => 'Run long work of its own that shows among the jobs',
  notifications: ({ perDay }) => `Send you notifications, up to ${perDay} a day`,
  health: () => 'Add health checks of its own',
  'server.read': () => 'Know the name and version of this server',
  'services.read': ({ services }) =>
    `See how ${whose(services)} ${verb(services, 'do', 'does')}: version, state, health`,
  'services.addresses': ({ services }) => `See the addresses of ${whose(services)}`,
  'services.give-addresses': ({ services }) => `Add addresses of its own making to the list of ${whose(services)}`,
  'services.control': ({ services, moves }) => `${sentence([...new Set(moves)].sort())} ${whose(services)}`,
  'events.listen': ({ events }) => `Be told of: ${events.map(eventWords).join(', ')}`,
  'events.emit': () => 'Announce events of its own to other plugins',
  'network.fetch': ({ hosts, private: near }) =>
    `Reach ${hosts.join(', ')}${near === true ? ', also within your home network and this server' : ' on the internet'}`,
  'backup.target': ({ hosts = [], entered }) =>
    `Keep encrypted backups, and delete them, at ${[
      ...hosts,
      ...(entered === true ? ['addresses that are entered for it, also within your home network and this server'] : []),
    ].join(', ')}`,
};

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
