/** The kernel's own parts as plugins: the same waves, deadlines, report and reverse for everyone. */
import {
  type AnyMethod,
  type AnyPlugin,
  type BackupTargets,
  backupTargetsRef,
  definePlugin,
  engineRef,
  type Jobs,
  jobsRef,
  type Network,
  networkRef,
  serverRef,
  type Services,
  servicesRef,
} from '@hearth/contract';
import type { ConfinedParts } from './confined/confined.ts';
import { type ConfinedPlugins, confinedRef } from './confined/part.ts';
import type { KernelPart, KernelParts, ServicesParts } from './parts.ts';
import type { TableRow } from './rpc/dispatcher.ts';
import type { Supervisor } from './supervisor.ts';
import { errors } from './errors.ts';

export interface PartFactories {
  readonly createJobs: (parts: KernelParts) => KernelPart<Jobs>;
  readonly createServices: (parts: ServicesParts) => KernelPart<Services>;
  readonly createConfined: (parts: ConfinedParts) => KernelPart<ConfinedPlugins>;
}

/** Names no plugin may have: they are slices and parts of the kernel. */
const reserved = new Set([
  'server',
  'boot',
  'services',
  'jobs',
  'serviceHealth',
  'serviceNeeds',
  'jobProgress',
  'kernel',
  'engine',
  'rpc',
  'state',
  'plugins',
  'pluginState',
  'pluginStatus',
]);
/** First words of the kernel's own methods. */
const ownWords = ['echo', 'server', 'db', 'audit', 'plugin', 'panel', 'hearth'];

/**
 * Jobs and services first, then the plugins. Parts that `given` brings along (fakes) are left out. The jobs have no
 * `stop` here: they stop before anything their steps use, which is everything.
 */
export function withKernelParts(
  plugins: readonly AnyPlugin[],
  parts: KernelParts,
  factories: PartFactories,
  given: ReadonlyMap<string, unknown>,
  supervisor: () => Supervisor,
): { readonly plugins: readonly AnyPlugin[]; readonly stopJobs: (signal: AbortSignal) => Promise<void> } {
  for (const { id } of plugins) if (reserved.has(id)) throw errors.pluginReserved({ plugin: id });
  let stopJobs: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  const jobs = definePlugin({
    id: 'jobs',
    version: '1.0.0',
    about: 'Carries out long work, step by step, over crashes and restarts',
    requires: {},
    provides: jobsRef,
    essential: true,
    setup: () => {
      const part = factories.createJobs({ ...parts, log: parts.log.child({ part: 'jobs' }) });
      stopJobs = async (signal) => part.stop?.(signal);
      return withoutStop(part);
    },
  });
  const services = definePlugin({
    id: 'services',
    version: '1.0.0',
    about: 'Installs, runs and watches over services',
    requires: { jobs: jobsRef, engine: engineRef },
    provides: servicesRef,
    essential: true,
    deadlines: { startMs: 30_000, readyMs: 30_000, stopMs: 5_000 },
    setup: (needs) => {
      const network = (): Network | null => supervisor().provided(networkRef.id) as Network | null;
      return factories.createServices({
        ...parts,
        log: parts.log.child({ part: 'services' }),
        jobs: needs.jobs,
        network,
      });
    },
  });
  const confined = definePlugin({
    id: 'plugins',
    version: '1.0.0',
    about: 'Runs plugins of others, each confined to what you allowed it',
    requires: { jobs: jobsRef, services: servicesRef, server: serverRef },
    provides: confinedRef,
    setup: (needs) =>
      factories.createConfined({
        ...parts,
        log: parts.log.child({ part: 'plugins' }),
        ...needs,
        network: () => supervisor().provided(networkRef.id) as Network | null,
        targets: () => supervisor().provided(backupTargetsRef.id) as BackupTargets | null,
        taken: () => takenNames(plugins, supervisor()),
      }),
  });
  const own = [jobs, services, confined].filter((part) => !given.has(part.id)) as AnyPlugin[];
  return { plugins: [...own, ...plugins], stopJobs: (signal) => stopJobs(signal) };
}

/** What no confined plugin may be called: parts, plugins, and first words of methods. */
function takenNames(plugins: readonly AnyPlugin[], supervisor: Supervisor): ReadonlySet<string> {
  const words = supervisor.methods.map(({ method }) => method.name.split('.')[0] ?? '');
  return new Set([...reserved, ...ownWords, ...words, ...plugins.map(({ id }) => id)]);
}

function withoutStop(part: KernelPart<Jobs>): Omit<KernelPart<Jobs>, 'stop'> {
  return {
    service: part.service,
    methods: part.methods,
    start: async (signal: AbortSignal) => part.start?.(signal),
    ready: async (signal: AbortSignal) => part.ready?.(signal),
  };
}

/** The whole method table: the kernel's own, then those of parts and plugins, each behind the question whether it is up. */
export function methodTable(own: readonly AnyMethod[], supervisor: Supervisor): readonly TableRow[] {
  return [
    ...own.map((method) => ({ method })),
    ...supervisor.methods.map(({ plugin, method }) => ({ method, up: () => supervisor.up(plugin) })),
  ];
}
