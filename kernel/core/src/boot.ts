/**
 * Assembles the kernel, in reading order, and takes it down in reverse.
 *
 * The doors open before the plugins start: whoever comes early waits for what he asked for, and when something essential
 * fails there is still a door to ask why (diagnostic mode).
 */
import { join } from 'node:path';
import {
  type AnyPlugin,
  type Authenticator,
  authenticatorRef,
  type EngineClient,
  engineRef,
  HearthError,
  type Log,
  type Places,
  serverRef,
  type Services,
  servicesRef,
} from '@hearth/contract';
import { createAudit } from './audit/audit.ts';
import { methodTable, type PartFactories, withKernelParts } from './assembly.ts';
import { type KernelConfig, loadConfig } from './config.ts';
import { Cradle } from './cradle.ts';
import { within } from './deadline.ts';
import { createDoor } from './door/door.ts';
import { createFeedRoute } from './door/feed-route.ts';
import { createNames } from './door/names.ts';
import { routeTable } from './door/routes.ts';
import { readStaticFiles } from './door/static-files.ts';
import { connectEngine, type EngineSocket } from './engine-client.ts';
import { createEvents, type EventBus } from './events.ts';
import { prepareFolders } from './folders.ts';
import { engineGate } from './gate.ts';
import { createLog } from './log.ts';
import type { Clock, KernelParts } from './parts.ts';
import { createDispatcher, type Dispatcher } from './rpc/dispatcher.ts';
import { kernelMethods } from './rpc/kernel-methods.ts';
import { openrpc } from './rpc/openrpc.ts';
import { createServer, type ServerPart } from './server.ts';
import { Feed } from './state/feed.ts';
import type { Journal } from './state/journal.ts';
import { LevelJournal } from './state/level-journal.ts';
import { openStore, type Store } from './state/store.ts';
import { Supervisor } from './supervisor.ts';

export interface KernelOptions {
  readonly plugins: readonly AnyPlugin[];
  /** Of the release: `0.1.0`. */
  readonly version: string;
  /** `--data DIR` and so on: see `configReference`. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly systemFile?: string;
}

/** What tests put in place of the real thing. */
export interface KernelReplacements {
  readonly journal?: Journal;
  readonly engine?: EngineClient;
  readonly log?: Log;
  readonly clock?: Clock;
  /** By reference id. */
  readonly given?: ReadonlyMap<string, unknown>;
}

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

export async function boot(
  options: KernelOptions,
  factories: PartFactories,
  replacements: KernelReplacements = {},
): Promise<Kernel> {
  const config = loadConfig(options);
  const log = replacements.log ?? createLog(config.logLevel);
  const places = placesOf(config);
  await prepareFolders(places);
  const store = await openStore(replacements.journal ?? new LevelJournal(join(places.data, 'kernel/journal')), { log });
  const cradle = Cradle.empty()
    .value('config', config)
    .value('log', log)
    .value('places', places)
    .value('clock', replacements.clock ?? { now: () => Date.now() })
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
    return await raise(options, factories, replacements.given ?? new Map(), cradle);
  } catch (error) {
    await cradle.stop();
    throw error;
  }
}

type Base = Cradle<KernelParts & { readonly server: ServerPart; readonly events: EventBus }>;

async function raise(
  options: KernelOptions,
  factories: PartFactories,
  fakes: ReadonlyMap<string, unknown>,
  base: Base,
): Promise<Kernel> {
  const { config, log, places, store, server, events, engine, clock } = base.parts;
  const scale = config.deadlineScale;
  const given = new Map<string, unknown>([[engineRef.id, engine], [serverRef.id, server], ...fakes]);
  const kernelParts = { config, log, places, store, events, engine, clock };
  const whole = withKernelParts(options.plugins, kernelParts, factories, given, () => supervisor);
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
      void server.report((draft) => void (draft.plugins = [...rows])).catch(() => undefined);
    },
  });
  await server.begin(options.version);
  await server.report((draft) => void (draft.mode = 'starting'));
  supervisor.setup();
  const files = await readStaticFiles(join(places.runtime, 'ui'));
  const authenticator = (): Authenticator | null =>
    (given.get(authenticatorRef.id) ?? supervisor.provided(authenticatorRef.id)) as Authenticator | null;
  const services = (): Services | null =>
    (given.get(servicesRef.id) ?? supervisor.provided(servicesRef.id)) as Services | null;
  const names = createNames(config, () => server.read().hostname);

  const audit = createAudit({ folder: join(places.data, 'kernel'), log, now: () => clock.now() });

  const cradle = base
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
      createDispatcher(methodTable(kernelMethods({ store, server, audit }), supervisor), {
        log,
        deadlineScale: scale,
        audit,
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
          openrpc: () => JSON.stringify(openrpc(dispatcher.methods, options.version)),
          uploadLimit: config.uploadLimit,
          httpsPort: config.port,
          sockets: { kernel: places.kernelSocket, admin: join(places.run, 'kernel/admin.sock') },
          feed: createFeedRoute({ feed, authenticator, log, limit: config.feedSockets }),
        }),
      (door) => door.close(1000),
    );
  await cradle.parts.door.open();
  const begun = bringUp(supervisor, server, log, options.version);
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

/** Starts every plugin; never throws: what went wrong stands in the report. */
async function bringUp(supervisor: Supervisor, server: ServerPart, log: Log, version: string): Promise<void> {
  try {
    await supervisor.start();
    await supervisor.ready();
    if (supervisor.stopped) return;
    const mode = supervisor.broken ? 'diagnostic' : 'running';
    await server.report((draft) => void (draft.mode = mode));
    const plugins = supervisor.rows.map(({ plugin, outcome, took }) => ({ plugin, outcome, took }));
    log.info({ mode, version, plugins }, 'kernel is up');
  } catch (error) {
    log.error({ err: HearthError.from(error) }, 'the boot could not be finished');
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

function placesOf(config: KernelConfig): Places {
  return Object.freeze({
    data: config.data,
    run: config.run,
    staging: join(config.data, 'staging'),
    runtime: config.runtime,
    httpsPort: config.port,
    httpPort: config.httpPort,
    kernelSocket: join(config.run, 'kernel/kernel.sock'),
  });
}

function closeIfAble(engine: EngineClient): void {
  if (isSocket(engine)) engine.close();
}

function isSocket(engine: EngineClient): engine is EngineSocket {
  return 'close' in engine;
}
