/** The services as a part of the kernel. */
import type { HostFeatures, Services } from '@hearth/contract';
import type { KernelPart, ServicesParts } from '../parts.ts';
import { Actor } from './actor.ts';
import { Allocations } from './allocations.ts';
import { openAll, takeStock } from './boot.ts';
import { Callbacks } from './callbacks.ts';
import { addressOf, type Context, titleOf } from './context.ts';
import { scaledDeadlines } from './deadlines.ts';
import { answerEffects } from './effects/answer.ts';
import { effectHandlers } from './effects/handlers.ts';
import { errors } from './errors.ts';
import { giveAddress, keepAddresses } from './given-addresses.ts';
import { Health } from './health.ts';
import { DiskWatch } from './limits/disk-watch.ts';
import { InitProgress } from './install/init-progress.ts';
import { installJob, restoreJob } from './install/install.ts';
import { rebuildJob } from './install/rebuild.ts';
import { Sources, uploadSource } from './install/sources.ts';
import { uninstallJob } from './install/uninstall.ts';
import { updateJob } from './install/update.ts';
import { keptArchive, type Workshop } from './install/work.ts';
import { Mail, mailSlices } from './mail/mail.ts';
import { mailMethods } from './mail/methods.ts';
import { serviceMethods } from './methods.ts';
import { NeedStates } from './needs/need-states.ts';
import { Mounts } from './parking/mounts.ts';
import { Parked } from './parking/parked.ts';
import { restoreParked } from './parking/restore.ts';
import { Planner } from './plan/plan.ts';
import { PowerOff, powerOffMethods } from './power-off.ts';
import { Rows } from './rows.ts';
import { Scripts } from './scripts.ts';
import { serviceSliceDefinitions as slices } from './slices.ts';
import { Stale } from './stale.ts';
import { refuseBlocked } from './tasks/blocked.ts';
import { KnownInputs } from './tasks/known-inputs.ts';
import { Tasks } from './tasks/tasks.ts';

type Parts = Pick<ServicesParts, 'clock' | 'engine' | 'events' | 'jobs' | 'log' | 'network' | 'places'> & {
  readonly config: Pick<ServicesParts['config'], 'deadlineScale'>;
  readonly store: Pick<ServicesParts['store'], 'slice' | 'follow'>;
};

export function createServices(parts: Parts): KernelPart<Services> {
  const { store, engine, events, jobs, places } = parts;
  const { log } = parts;
  const now = (): number => parts.clock.now();
  const closing = new AbortController();
  const actors = new Map<string, Actor>();
  /** Job by service, of installs whose row is not there yet. */
  const installing = new Map<string, string>();
  let host: HostFeatures | null = null;

  const rows = new Rows(store.slice(slices.services), events);
  const healthSlice = store.slice(slices.health);
  const own = [places.httpPort, places.httpsPort];
  const context: Context = {
    rows,
    health: new Health(healthSlice, events, now),
    allocations: new Allocations(store.slice(slices.indexes), store.slice(slices.ports), own),
    callbacks: new Callbacks(
      (service, id, value) => actors.get(service)?.container.link.tell('callback', { id, args: [value] }),
      (service) => stale.mark(service),
    ),
    parked: new Parked(store.slice(slices.parked), log),
    mounts: new Mounts(store.slice(slices.mounts)),
    stale: (service) => stale.mark(service),
    inputs: new KnownInputs(),
    mail: new Mail(store.slice(mailSlices.kept), store.slice(mailSlices.shown), () => context.callbacks.changed()),
    engine,
    events,
    log,
    places,
    deadlines: scaledDeadlines(parts.config.deadlineScale),
    network: parts.network,
    now,
    host: () => {
      if (host === null) throw errors.notReady();
      return host;
    },
  };

  const needStates = new NeedStates({ rows, health: context.health, slice: store.slice(slices.needs), places, log });

  const actor = (service: string): Actor => {
    rows.get(service);
    const known = actors.get(service);
    if (known !== undefined) return known;
    const made = new Actor(service, context, {
      effect: (...effect) => answer(...effect),
      // Once nothing holds it any more: its tasks are looked at by asking it.
      loaded: (loaded) => void setImmediate(() => void reviewTasks(loaded)),
    });
    actors.set(service, made);
    return made;
  };
  const stale = new Stale(context, (service) =>
    actor(service).use(
      (actual) => refuseUnlessStopped(service, actual),
      () => Promise.resolve(),
      closing.signal,
    ),
  );
  const present = (service: string): Actor | null => (rows.read(service) === null ? null : actor(service));
  const dismiss = async (service: string): Promise<void> => {
    await actors.get(service)?.close({ remove: true });
    actors.delete(service);
    context.callbacks.drop(service);
    context.inputs.forget(service);
    await context.parked.rise(service);
    await context.mounts.clear(service);
    await context.health.clear(service);
  };
  const reviewTasks = async (service: string, action: string | null = null, ran = false): Promise<void> => {
    try {
      await tasks.review(service, action, ran);
    } catch (error) {
      log.warn({ err: error, service }, 'Tasks were not looked at');
    }
  };
  const scripts = new Scripts(context, actor, (service, action) => void reviewTasks(service, action, true));
  const tasks = new Tasks(
    context,
    () => scripts,
    present,
    (service) => stale.mark(service),
  );
  const initProgress = new InitProgress();
  const powerOff = new PowerOff(context, actor);
  const rebuild = async (service: string, plan?: string): Promise<{ job: string; rev: number }> => {
    powerOff.refuse('rebuild', service);
    if (plan !== undefined) Planner.hold(plan, await planner.rebuild(service));
    return jobs.start('package.rebuild', { service, title: titleOf(rows.get(service).manifest) });
  };
  const answer = answerEffects(
    effectHandlers(context, scripts, tasks, {
      context,
      actor,
      rebuild: (service) =>
        void setImmediate(() => {
          rebuild(service).catch((error: unknown) => log.warn({ err: error, service }, 'A rebuild was not begun'));
        }),
      initProgress: (service, progress) => initProgress.tell(service, progress),
    }),
    log,
  );
  const sources = new Sources();
  sources.add(uploadSource(places.staging));
  const planner = new Planner(context, sources);
  const workshop: Workshop = { context, sources, tasks, initProgress, actor, dismiss };

  const service: Services = {
    read: (id) => rows.read(id),
    list: () => rows.all(),
    health: (id) => context.health.of(id),
    plan: (request, signal) => planner.install(request, signal),
    registerSource: (source) => sources.add(source),
    async install(request) {
      powerOff.refuse('install', request.id);
      sources.get(request.source);
      const there = rows.read(request.id) !== null;
      if (there && request.restore === true) throw errors.alreadyInstalled({ service: request.id });
      const fresh = request.restore === true ? 'package.backup.restore' : 'package.install';
      const planned = await planner.bound(request, closing.signal);
      const started = await jobs.start(there ? 'package.update' : fresh, { ...request, ...planned });
      installing.set(request.id, started.job);
      return started;
    },
    async start(id) {
      powerOff.refuse('start', id);
      const row = rows.get(id);
      refuseBlocked(row);
      refuseRemoving(id, 'start', row.status.actual);
      return actor(id).setDesired('running', 'package.start');
    },
    async stop(id, { force = false } = {}) {
      refuseRemoving(id, 'stop', rows.get(id).status.actual);
      if (force) return actor(id).stopByForce('package.stop');
      return actor(id).setDesired('stopped', 'package.stop');
    },
    async restart(id) {
      powerOff.refuse('restart', id);
      const { actual } = rows.get(id).status;
      if (actual !== 'running' && actual !== 'starting') throw errors.notRunning({ service: id, state: actual });
      const rev = await actor(id).setDesired('running', 'package.restart');
      actor(id).restart();
      return rev;
    },
    async uninstall(id, { keepData, force, plan }) {
      powerOff.refuse('remove', id);
      const row = rows.read(id);
      if (row === null && context.allocations.index(id) === null) throw errors.notInstalled({ service: id });
      const title = row === null ? `the data of ${id}` : titleOf(row.manifest);
      if (plan !== undefined) Planner.hold(plan, await planner.remove(id, keepData, closing.signal));
      return jobs.start('package.uninstall', { service: id, title, keepData, force });
    },
    async backUp(id, work, signal) {
      powerOff.refuse('back up', id);
      return actor(id).backUp(work, signal);
    },
    async markBackedUp(id, at) {
      await rows.change(id, 'backup.create', (row) => {
        row.lastBackup = at;
      });
    },
    async giveAddresses(plugin, addresses) {
      await keepAddresses(context, { id: plugin, confined: true }, addresses, 'plugin.addresses');
      const metadata = {
        packageId: plugin,
        removeAction: null,
        overflowActions: [],
        info: null,
        confined: true as const,
      };
      for (const info of addresses)
        await giveAddress(context, { info, metadata: { kind: 'plugin', ...metadata } }, 'plugin.addresses');
    },
    archive: (id) => keptArchive(id, rows.get(id).package.rootSighash),
    address: (id) => addressOf(context, rows.get(id).index),
  };

  const diskWatch = new DiskWatch(context, (id, options) => service.stop(id, options));
  for (const make of [installJob, restoreJob, updateJob]) jobs.define(make(workshop));
  jobs.define(uninstallJob(workshop));
  jobs.define(rebuildJob(workshop));

  const cancelInstall = (id: string): Promise<number> => {
    const job = jobs.read(rows.read(id)?.job ?? installing.get(id) ?? '');
    if (job === null || !installKinds.has(job.kind)) throw errors.notInstalling({ service: id });
    return jobs.cancel(job.id);
  };
  let known: ReadonlyMap<string, Promise<void>> = new Map();
  const unwatch: (() => void)[] = [];
  return {
    service,
    methods: [
      ...serviceMethods({ service, context, scripts, tasks, planner, rebuild, cancelInstall }),
      ...mailMethods(context.mail),
      ...powerOffMethods(powerOff, parts.config.deadlineScale),
    ],
    async start() {
      host = await engine.call('host.prepare', {});
      // Begins anew when the engine left midway: what the first try hung up must not hear everything twice.
      for (const undo of unwatch.splice(0)) undo();
      unwatch.push(
        engine.on('container.exited', ({ service: id, instance }) => actors.get(id)?.container.ended(instance)),
        engine.on('container.outOfMemory', ({ service: id, instance }) => {
          actors.get(id)?.container.ranOutOfMemory(instance);
          const title = `${rows.read(id)?.manifest.title ?? id} ran out of memory`;
          const message = 'A program in it was ended because it used more memory than it may.';
          events.emit('service.notification', { service: id, level: 'error', title, message, data: null });
        }),
        rows.watch(() => {
          needStates.look();
          for (const each of actors.values()) each.othersMoved();
        }),
        healthSlice.watch(() => needStates.look()),
        // Whatever changes in the state may be watched by a script: addresses come from plugins.
        store.follow(() => context.callbacks.changed()),
      );
      await context.mail.show();
      diskWatch.start();
      known = await takeStock({ context, jobs, actor });
    },
    ready: () => {
      const restored = new Set<string>();
      restoreParked(context, restored, (id) => stale.mark(id));
      openAll({ context, jobs, actor }, known, closing.signal)
        .then(() => {
          restoreParked(context, restored, (id) => stale.mark(id));
          context.callbacks.settle();
        })
        .catch((error: unknown) => log.error({ err: error }, 'Services could not all be started'));
      return Promise.resolve();
    },
    async stop() {
      closing.abort();
      stale.close();
      diskWatch.close();
      for (const undo of unwatch.splice(0)) undo();
      await Promise.all([...actors.values()].map((each) => each.close({ remove: false })));
    },
  };
}

const installKinds: ReadonlySet<string> = new Set(['package.install', 'package.update', 'package.backup.restore']);

function refuseUnlessStopped(service: string, state: string): void {
  if (state !== 'stopped') throw errors.busy({ service, verb: 'refresh', state });
}

function refuseRemoving(service: string, verb: string, state: string): void {
  if (state === 'removing') throw errors.busy({ service, verb, state });
}
