/** What each verb of a plugin does, once the broker has let it pass. */
import {
  type Events,
  type Jobs,
  type Network,
  type PluginManifest,
  type PluginStatus,
  schemaOf,
  type ServerState,
  type Services,
  type Slice,
} from '@hearth/contract';
import type { Verbs } from './broker.ts';
import { refusals } from './errors.ts';
import { fetchFor, type FetchParts } from './fetch.ts';
import { includesService } from './grants.ts';
import { addressesOf, placeOf, publicServiceOf } from './look.ts';
import type { Operations } from './operations.ts';
import type { JobsUnderWay } from './plugin-jobs.ts';
import type { Storage } from './storage.ts';
import { fetchForTarget } from './target-fetch.ts';
import type { Timers } from './timers.ts';

export interface VerbParts {
  readonly plugin: string;
  readonly manifest: PluginManifest;
  readonly services: Services;
  readonly network: () => Network | null;
  readonly server: () => ServerState;
  readonly jobs: Jobs;
  readonly underWay: JobsUnderWay;
  readonly events: Events;
  readonly storage: Storage;
  readonly timers: Timers;
  readonly operations: Operations;
  readonly state: Slice<Record<string, Record<string, unknown>>>;
  readonly status: Slice<Record<string, PluginStatus>>;
  readonly now: () => number;
  readonly fetch?: FetchParts;
}

/** Bytes of what a plugin shows: it is in the memory of every page that is open. */
const largestState = 64 * 1024;
const mostChecks = 20;
const dayMs = 86_400_000;

export function createVerbs(parts: VerbParts): Verbs {
  return { ...ownVerbs(parts), ...tellingVerbs(parts), ...servicesVerbs(parts) };
}

type Own =
  | 'state.write'
  | `storage.${string}`
  | `timers.${string}`
  | `jobs.${string}`
  | 'network.fetch'
  | 'backup.fetch';

function ownVerbs(parts: VerbParts): Pick<Verbs, Extract<keyof Verbs, Own>> {
  const { plugin, manifest, state, storage, timers, jobs, underWay } = parts;
  const shape = manifest.state === undefined ? null : schemaOf(manifest.state.shape);
  return {
    'state.write': async ({ value }) => {
      if (shape === null) throw refusals.notThere({ what: 'state', name: 'state' });
      const parsed = shape.safeParse(value);
      const [issue] = parsed.error?.issues ?? [];
      if (issue !== undefined)
        throw refusals.invalidInput({ verb: 'state.write', reason: `${issue.path.join('.')}: ${issue.message}` });
      const shown = parsed.data as Record<string, unknown>;
      if (JSON.stringify(shown).length > largestState) throw refusals.full({ limit: `${largestState / 1024} KB` });
      await state.commit('plugin.state', (draft) => void (draft[plugin] = shown));
      return null;
    },
    'storage.get': async ({ key }) => (await storage.get(key)) as never,
    'storage.set': async ({ key, value }, { megabytes }) => {
      await storage.set(key, value, megabytes * 1024 * 1024);
      return null;
    },
    'storage.delete': async ({ key }) => {
      await storage.delete(key);
      return null;
    },
    'storage.keys': async () => [...(await storage.keys())],
    'timers.set': ({ name, seconds, again }, { everySeconds }) => {
      timers.set(name, seconds, again, everySeconds);
      return null;
    },
    'timers.clear': ({ name }) => {
      timers.clear(name);
      return null;
    },
    'jobs.start': async ({ name, input }) => {
      if (!Object.hasOwn(manifest.jobs ?? {}, name)) throw refusals.notThere({ what: 'job', name });
      return underWay.start(jobs, plugin, name, input ?? null);
    },
    'jobs.progress': ({ job, done, total, say }) => {
      underWay.progress(plugin, job, done, total, say);
      return null;
    },
    'network.fetch': (input, grant) => fetchFor(input, grant, parts.fetch),
    'backup.fetch': (input, grant) => fetchForTarget(input, grant, parts.operations.find(input.operation), parts.fetch),
  };
}

type Telling = 'notifications.send' | `health.${string}` | 'events.emit' | 'server.read';

function tellingVerbs(parts: VerbParts): Pick<Verbs, Extract<keyof Verbs, Telling>> {
  const { plugin, manifest, events, status, now } = parts;
  const sent: number[] = [];
  return {
    'notifications.send': ({ level, title, message }, { perDay }) => {
      while ((sent[0] ?? now()) <= now() - dayMs) sent.shift();
      if (sent.length >= perDay) throw refusals.tooOften({ limit: `${perDay} a day` });
      sent.push(now());
      // Whose words they are stands before them: a plugin cannot speak for the server.
      events.emit('plugin.notification', { plugin, level, title: `${manifest.title}: ${title}`, message });
      return null;
    },
    'health.report': async ({ check, name, result, message }) => {
      const before = status.read()[plugin]?.checks[check];
      await status.commit('plugin.health', (draft) => {
        const row = draft[plugin];
        if (row === undefined) return;
        if (!Object.hasOwn(row.checks, check) && Object.keys(row.checks).length >= mostChecks)
          throw refusals.full({ limit: `${mostChecks} checks` });
        const since = before?.result === result ? before.since : now();
        row.checks[check] = { name, result, message, since };
      });
      if (before?.result !== result)
        events.emit('plugin.health', { plugin, check, name: `${manifest.title}: ${name}`, after: result, message });
      return null;
    },
    'health.clear': async ({ check }) => {
      const before = status.read()[plugin]?.checks[check];
      if (before === undefined) return null;
      await status.commit('plugin.health', (draft) => {
        delete draft[plugin]?.checks[check];
      });
      events.emit('plugin.health', { plugin, check, name: before.name, after: null, message: null });
      return null;
    },
    'events.emit': ({ name, value }) => {
      const shape = Object.hasOwn(manifest.events ?? {}, name) ? manifest.events?.[name] : undefined;
      if (shape === undefined) throw refusals.notThere({ what: 'event', name });
      const parsed = schemaOf(shape).safeParse(value);
      if (!parsed.success)
        throw refusals.invalidInput({ verb: 'events.emit', reason: parsed.error.issues[0]?.message ?? 'Invalid' });
      events.emit('plugin.event', { plugin, name, value: parsed.data as Record<string, unknown> });
      return null;
    },
    'server.read': () => {
      const { name, hostname, version } = parts.server();
      return { name, hostname, version };
    },
  };
}

function servicesVerbs({
  plugin,
  services,
  network,
}: VerbParts): Pick<Verbs, Extract<keyof Verbs, `services.${string}`>> {
  const mustCover = (verb: string, granted: 'all' | readonly string[], service: string): void => {
    if (!includesService(granted, service)) throw refusals.notCovered({ verb, what: service });
  };
  return {
    'services.list': (_, { services: granted }) =>
      services
        .list()
        .filter(({ id }) => includesService(granted, id))
        .map((row) => publicServiceOf(row, services.health(row.id))),
    'services.read': ({ id }, { services: granted }) => {
      mustCover('services.read', granted, id);
      const row = services.read(id);
      return row === null ? null : publicServiceOf(row, services.health(id));
    },
    'services.addresses': ({ id }, { services: granted }) => {
      mustCover('services.addresses', granted, id);
      const row = services.read(id);
      return row === null ? [] : addressesOf(row, network());
    },
    'services.giveAddresses': async ({ addresses }, { services: granted }) => {
      const given = addresses.map(({ id, interface: face, hostname, port, encrypted, public: open }) => {
        mustCover('services.giveAddresses', granted, id);
        const place = placeOf(services.read(id), face);
        if (place === null) throw refusals.notThere({ what: 'interface', name: `${id}/${face}` });
        return { packageId: id, ...place, ssl: encrypted, public: open, hostname, port };
      });
      await services.giveAddresses(plugin, given);
      return null;
    },
    'services.move': async ({ id, move }, { services: granted, moves }) => {
      mustCover('services.move', granted, id);
      if (!moves.includes(move)) throw refusals.notCovered({ verb: 'services.move', what: move });
      await services[move](id);
      return null;
    },
  };
}
