/**
 * Assembles the kernel, in reading order, and takes it down in reverse.
 *
 * The doors open before the plugins start: whoever comes early waits for what he asked for, and when something essential
 * fails there is still a door to ask why (diagnostic mode).
 */
import { join } from 'node:path';
import {
  type Authenticator,
  authenticatorRef,
  type EngineClient,
  engineRef,
  HearthError,
  jobsRef,
  type Log,
  type Places,
  serverRef,
  type Services,
  servicesRef,
} from '@hearth/contract';
import { createAudit } from './audit/audit.ts';
import { methodTable, type PartFactories, withKernelParts } from './assembly.ts';
import type { KernelConfig } from './config.ts';
import { type ConfinedPlugins, confinedRef } from './confined/part.ts';
import { Cradle } from './cradle.ts';
import { within } from './deadline.ts';
import { createDoor } from './door/door.ts';
import { createFeedRoute } from './door/feed-route.ts';
import { createNames } from './door/names.ts';
import { routeTable } from './door/routes.ts';
import { readStaticFiles } from './door/static-files.ts';
import { connectEngine, type EngineSocket } from './engine-client.ts';
import { createEvents, type EventBus } from './events.ts';
import { engineGate } from './gate.ts';
import { type Ground, type KernelOptions, type KernelReplacements, layGround } from './ground.ts';
import type { KernelParts } from './parts.ts';
import { makeBundle } from './recovery/bundle.ts';
import { damageOf, damageRow } from './recovery/damage.ts';
import { createKeeper } from './recovery/keeper.ts';
import { forgetRescueCode, makeRescueCode, type RescueCode } from './recovery/rescue-code.ts';
import { createDispatcher, type Dispatcher } from './rpc/dispatcher.ts';
import { kernelMethods } from './rpc/kernel-methods.ts';
import { openrpc } from './rpc/openrpc.ts';
import { createServer, type ServerPart } from './server.ts';
import { Feed } from './state/feed.ts';
import type { Journal } from './state/journal.ts';
import { LevelJournal } from './state/level-journal.ts';
import { MemoryJournal } from './state/memory-journal.ts';
import { withReserve } from './state/reserve.ts';
import { openStore, type Store } from './state/store.ts';
import { Supervisor } from './supervisor.ts';

export type { KernelOptions } from './ground.ts';

export interface Kernel {
  readonly config: KernelConfig;
  readonly places: Places;
  readonly log: Log;
  readonly store: Store;
  readonly events: EventBus;
  readonly server: ServerPart;
  readonly dispatcher: Dispatcher;
  /** What a plugin or part provides, by reference id; null while it is not up. */
  provided(id: string): unknown;
  /** Ends within `stopMs`. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Boots on the state there is. Where that cannot be read, on none: no plugin then runs, but somebody answers why, and
 * takes the state back to a snapshot or repairs it.
 */
export async function boot(
  options: KernelOptions,
  factories: PartFactories,
  replacements: KernelReplacements = {},
): Promise<Kernel> {
  const ground = await layGround(options, factories, replacements);
  const { log, places } = ground;
  try {
    return await bootOn(replacements.journal ?? journalIn(join(places.data, 'kernel')), ground, null);
  } catch (error) {
    const damage = damageOf(error);
    if (damage === null) throw error;
    log.error({ err: damage }, 'the state cannot be used: nothing but its rescue is started');
    return bootOn(new MemoryJournal(), ground, damage);
  }
}

/** With room of its own: a disk that is full for everybody else is not yet full for the state. */
function journalIn(folder: string): Journal {
  return withReserve(new LevelJournal(join(folder, 'journal')), join(folder, 'reserve'));
}

/** `damage`: why the journal is not the one there is. */
async function bootOn(journal: Journal, ground: Ground, damage: HearthError | null): Promise<Kernel> {
  const { config, log, places, clock, replacements } = ground;
  const store = await openStore(journal, { log });
  const cradle = Cradle.empty()
    .value('config', config)
    .value('log', log)
    .value('places', places)
    .value('clock', clock)
    .provide(
      'store',
      () => store,
      (each) => each.close(),
    )
    .provide('events', () => createEvents(log))
    .provide(
      'engine',
      () => replacements.engine ?? connectEngine({ path: join(places.run, 'engine.sock'), log }),
      closeIfAble,
    )
    .provide('server', (parts) => createServer(parts));
  try {
    return await raise(ground, cradle, damage);
  } catch (error) {
    await cradle.stop();
    throw error;
  }
}

type Base = Cradle<KernelParts & { readonly server: ServerPart; readonly events: EventBus }>;

async function raise(ground: Ground, base: Base, damage: HearthError | null): Promise<Kernel> {
  const { options, factories, snapshots } = ground;
  const keeper = createKeeper({ ...base.parts, snapshots, version: options.version });
  if (damage === null) await keeper.beforeUpdate();
  const { config, log, places, store, server, events, engine, clock } = base.parts;
  const scale = config.deadlineScale;
  const fakes = ground.replacements.given ?? [];
  const given = new Map<string, unknown>([[engineRef.id, engine], [serverRef.id, server], ...fakes]);
  // Without state there is nothing they could do.
  if (damage !== null) for (const { id } of [jobsRef, servicesRef, confinedRef]) given.set(id, null);
  const plugins = damage === null ? options.plugins : [];
  const kernelParts = { config, log, places, store, events, engine, clock };
  const whole = withKernelParts(plugins, kernelParts, factories, given, () => supervisor);
  const supervisor = new Supervisor(whole.plugins, {
    log,
    store,
    places,
    events,
    given,
    config: config.plugins,
    deadlineScale: scale,
    gates: new Map('present' in engine ? [[engineRef.id, engineGate(engine as EngineSocket, log)]] : []),
    report: (rows) => {
      const all = damage === null ? [...rows] : [damageRow(damage), ...rows];
      void server.report((draft) => void (draft.plugins = all)).catch(() => undefined);
    },
  });
  await server.begin(options.version);
  await server.report((draft) => void (draft.mode = 'starting'));
  supervisor.setup();
  const files = await readStaticFiles(join(places.runtime, 'ui'));
  let rescue: RescueCode | null = null;
  const authenticator = (): Authenticator | null =>
    (given.get(authenticatorRef.id) ?? supervisor.provided(authenticatorRef.id) ?? rescue) as Authenticator | null;
  const services = (): Services | null =>
    (given.get(servicesRef.id) ?? supervisor.provided(servicesRef.id)) as Services | null;
  const confined = (): ConfinedPlugins | null =>
    (given.get(confinedRef.id) ?? supervisor.provided(confinedRef.id)) as ConfinedPlugins | null;
  const names = createNames(config, () => server.read().hostname);

  const audit = createAudit({ folder: join(places.data, 'kernel'), log, now: () => clock.now() });

  const rescueCode = (): string | null => rescue?.code ?? null;
  const recovery = {
    ...{ folder: join(places.data, 'kernel'), snapshots, keeper, damage },
    bundle: () =>
      makeBundle({ version: options.version, config, store, recent: ground.recent, now: () => clock.now() }),
    restart: options.restart ?? null,
  };

  const cradle = base
    .provide(
      'keeper',
      () => (damage === null ? keeper.begin() : () => Promise.resolve()),
      (end) => end(),
    )
    .provide(
      'supervisor',
      () => supervisor,
      (each) => each.stop(),
    )
    .provide(
      'jobsStop',
      () => whole.stopJobs,
      (stop) => within(5000 * scale, 'stop of the jobs', stop),
    )
    .provide('dispatcher', () =>
      createDispatcher(methodTable(kernelMethods({ store, server, audit, recovery, rescueCode }), supervisor), {
        log,
        deadlineScale: scale,
        audit,
        further: (name) => confined()?.method(name),
      }),
    )
    .provide(
      'feed',
      () => new Feed(store, { log }),
      (feed) => feed.close(),
    )
    .provide(
      'door',
      ({ dispatcher, feed }) =>
        createDoor({
          log,
          dispatcher,
          authenticator,
          names,
          files,
          places,
          routes: routeTable(supervisor),
          readService: (service) => services()?.read(service) ?? null,
          readPanel: async (id, file) => (await confined()?.panelFile(id, file)) ?? null,
          openrpc: () => JSON.stringify(openrpc(dispatcher.methods, options.version)),
          uploadLimit: config.uploadLimit,
          httpsPort: config.port,
          sockets: { kernel: places.kernelSocket, admin: join(places.run, 'kernel/admin.sock') },
          feed: createFeedRoute({ feed, authenticator, log, limit: config.feedSockets }),
        }),
      (door) => door.close(1000),
    );
  await cradle.parts.door.open();
  await forgetRescueCode(places.run);
  const begun = bringUp(supervisor, server, log, options.version, damage !== null).then(async (broken) => {
    if (!broken || authenticator() !== null) return;
    rescue = await makeRescueCode(places.run);
    // The proxy as it was: else nobody would see the page that says why.
    await engine.call('proxy.apply', {}).catch((error: unknown) => {
      log.warn({ err: HearthError.from(error) }, 'the page cannot be shown: the proxy does not run');
    });
  });
  // What waits for the engine comes up by itself; whoever started the kernel need not wait with it.
  await Promise.race([begun, supervisor.held]);

  let stopping: Promise<void> | null = null;
  return {
    config,
    places,
    log,
    store,
    events,
    server,
    dispatcher: cradle.parts.dispatcher,
    provided: (id) => given.get(id) ?? supervisor.provided(id),
    stop: () => (stopping ??= stopWithin(cradle, config, log)),
  };
}

/** Starts every plugin; never throws: what went wrong stands in the report. Answers whether something essential did. */
async function bringUp(
  supervisor: Supervisor,
  server: ServerPart,
  log: Log,
  version: string,
  damaged: boolean,
): Promise<boolean> {
  try {
    await supervisor.start();
    await supervisor.ready();
    if (supervisor.stopped) return false;
    const broken = damaged || supervisor.broken;
    const mode = broken ? 'diagnostic' : 'running';
    await server.report((draft) => void (draft.mode = mode));
    const plugins = supervisor.rows.map(({ plugin, outcome, took }) => ({ plugin, outcome, took }));
    log.info({ mode, version, plugins }, 'kernel is up');
    return broken;
  } catch (error) {
    log.error({ err: HearthError.from(error) }, 'the boot could not be finished');
    return true;
  }
}

/** Every part gets its turn; what is not done when the budget is over is left to the next start to take up. */
async function stopWithin(cradle: { stop: Base['stop'] }, config: KernelConfig, log: Log): Promise<void> {
  try {
    const failed = await within(config.stopMs * config.deadlineScale, 'stop of the kernel', () => cradle.stop());
    for (const { name, error } of failed) log.error({ part: name, err: error }, 'a part could not stop');
  } catch (error) {
    log.error({ err: HearthError.from(error) }, 'the kernel could not stop in time');
  }
  log.info({}, 'kernel has stopped');
}

function closeIfAble(engine: EngineClient): void {
  if (isSocket(engine)) engine.close();
}

function isSocket(engine: EngineClient): engine is EngineSocket {
  return 'close' in engine;
}
