/** `defineService`: a package, told as one value, becomes the exports its host calls. */
import { type AnyAction, exportActions, type ExportedActions } from './actions.ts';
import { backUp, type Kept, restore } from './backup.ts';
import type { Check } from './checks.ts';
import { type Context, makeContext, mountTable } from './context.ts';
import { RunningDaemon } from './daemon.ts';
import { dependOn } from './dependencies.ts';
import type { Effects } from './effects.ts';
import { type Host, host as nodeHost } from '../node/host.ts';
import { exportInterfaces } from './interfaces.ts';
import { buildManifest, type PackageManifest } from './manifest.ts';
import { Supervisor } from './supervisor.ts';
import type { Daemon, Definition } from './types.ts';
import { Watch, type Watched } from './watch.ts';

/** What the host finds in a package: StartOS's ABI. */
export interface ServiceExports {
  readonly manifest: PackageManifest;
  readonly init: (options: { effects: Effects; kind: 'install' | 'update' | 'restore' | null }) => Promise<void>;
  readonly uninit: (options: { effects: Effects; target: unknown }) => Promise<void>;
  readonly main: (options: { effects: Effects }) => Promise<{ build(): Promise<{ term(): Promise<void> }> }>;
  readonly createBackup: (options: { effects: Effects }) => Promise<void>;
  readonly actions: ExportedActions;
}

const defaultGraceMs = 10_000;
const defaultStopMs = 60_000;

export function defineService<
  const V extends string,
  const I extends string,
  const D extends string,
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- without actions there is no name of one
  const F extends Readonly<Record<string, unknown>> = Record<never, unknown>,
>(definition: Definition<V, I, D, F>, host: Host = nodeHost): ServiceExports {
  refuseCycles(definition.daemons);
  const context = (effects: Effects): Context<V, I> => makeContext<V, I>(effects, host, definition.volumes);
  const kept = definition.backup.map(
    (entry): Kept => (typeof entry === 'string' ? { volume: entry, exclude: [] } : entry),
  );
  const { about } = definition;
  const actionTable = (definition.actions ?? {}) as Readonly<Record<string, AnyAction>>;
  const actions = exportActions(actionTable, host, definition.volumes);
  return {
    manifest: buildManifest(about, definition.images, definition.volumes, definition.dependencies),
    actions,

    async init({ effects, kind }) {
      if (kind === 'restore') await restore(effects, host, kept);
      await bringData(definition, context(effects), kind === 'restore');
      await definition.prepare?.(context(effects));
      await exportInterfaces(effects, definition.interfaces ?? {});
      await dependOn(effects, definition.dependencies ?? {}, context(effects), kind === 'install');
      const ids = Object.keys(actionTable);
      for (const id of ids) await actions.get(id)?.exportMetadata({ effects });
      await effects.action.clear({ except: ids });
      if (kind === 'install') await askAtInstall(definition, effects);
    },

    // Going back to an older version is not offered: the manifest says so, and the host does not try.
    uninit: () => Promise.resolve(),

    main({ effects }) {
      const supervisor = superviseAll(definition, effects, host, context(effects));
      return Promise.resolve({
        async build() {
          try {
            await supervisor.start(effects);
          } catch (error) {
            await supervisor.stop();
            throw error;
          }
          return { term: () => supervisor.stop() };
        },
      });
    },

    createBackup: ({ effects }) => backUp(effects, host, kept),
  };
}

/** No data version: nothing was ever installed here. Another one than ours: data to be migrated. */
async function bringData<
  V extends string,
  I extends string,
  D extends string,
  F extends Readonly<Record<string, unknown>>,
>(definition: Definition<V, I, D, F>, context: Context<V, I>, restored: boolean): Promise<void> {
  const found = await context.effects.getDataVersion();
  const { version } = definition.about;
  if (found === version) return;
  // Restored data is never installed over, also where nobody knows its version.
  if (found === null) await (restored ? undefined : definition.install?.(context));
  else await definition.migrate?.(context, found);
  await context.effects.setDataVersion({ version });
}

async function askAtInstall<
  V extends string,
  I extends string,
  D extends string,
  F extends Readonly<Record<string, unknown>>,
>({ about, askAtInstall: asked }: Definition<V, I, D, F>, effects: Effects): Promise<void> {
  const table: Readonly<
    Record<string, { severity: 'optional' | 'important' | 'critical'; reason: string } | undefined>
  > = asked ?? {};
  for (const [actionId, task] of Object.entries(table)) {
    if (task === undefined) continue;
    await effects.action.createTask({ replayId: actionId, packageId: about.id, actionId, ...task });
  }
}

function superviseAll<
  V extends string,
  I extends string,
  D extends string,
  F extends Readonly<Record<string, unknown>>,
>({ daemons, checks = {} }: Definition<V, I, D, F>, effects: Effects, host: Host, context: Context<V, I>): Supervisor {
  const supervisor = new Supervisor(host);
  for (const [id, plan] of Object.entries<Daemon<V, I, D>>(daemons)) {
    const daemon = makeDaemon(id, plan, effects, host, context);
    const requires: readonly string[] = plan.requires ?? [];
    const watched: Watched = {
      id,
      name: plan.ready?.name ?? null,
      check: plan.ready?.check ?? runsIsEnough,
      graceMs: plan.ready?.graceMs ?? defaultGraceMs,
      startedAt: () => daemon.startedAt,
      isWaiting: () => daemon.startedAt === null && !requires.every((other) => supervisor.isReady(other)),
      context: () => ({ host, subcontainer: daemon.subcontainer }),
    };
    const watch = new Watch(effects, watched, () => supervisor.onReadiness());
    daemon.onTurn = () => watch.wake();
    supervisor.add({ daemon, requires, watch });
  }
  const startedAt = Date.now();
  for (const [id, { name, check, requires = [], graceMs = defaultGraceMs }] of Object.entries(checks)) {
    const watched: Watched = {
      id,
      name,
      check,
      graceMs,
      startedAt: () => startedAt,
      isWaiting: () => !requires.every((other) => supervisor.isReady(other)),
      context: () => ({ host, subcontainer: null }),
    };
    supervisor.addCheck(new Watch(effects, watched, () => undefined));
  }
  return supervisor;
}

const runsIsEnough: Check = () => Promise.resolve({ result: 'success', message: null });

function makeDaemon<V extends string, I extends string, D extends string>(
  id: string,
  { image, command, mounts = {}, user, cwd, env, stopWithinMs = defaultStopMs }: Daemon<V, I, D>,
  effects: Effects,
  host: Host,
  context: Context<V, I>,
): RunningDaemon {
  return new RunningDaemon(effects, host, {
    id,
    image,
    mounts: mountTable(mounts),
    command: () => (typeof command === 'function' ? command(context) : Promise.resolve(command)),
    user,
    cwd,
    env,
    stopWithinMs,
  });
}

/** A daemon that waits for itself would never start: the package does not load. */
function refuseCycles(daemons: Readonly<Record<string, { readonly requires?: readonly string[] }>>): void {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new Error(`Daemons require each other in a circle: ${[...path, id].join(' -> ')}`);
    if (done.has(id)) return;
    for (const next of daemons[id]?.requires ?? []) visit(next, [...path, id]);
    done.add(id);
  };
  for (const id of Object.keys(daemons)) visit(id, []);
}
