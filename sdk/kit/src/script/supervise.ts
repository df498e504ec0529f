/** From the daemons and checks of a definition to the supervisor that runs them. */
import type { Host } from '../node/host.ts';
import type { Check } from './checks.ts';
import type { AnyContext } from './context.ts';
import { RunningDaemon } from './daemon.ts';
import type { Effects } from './effects.ts';
import { type Mount, volumeMounts } from './subcontainer.ts';
import { Supervisor } from './supervisor.ts';
import { Watch, type Watched } from './watch.ts';
import type { AnyDaemon, AnyDefinition } from './whole.ts';

const defaultGraceMs = 10_000;
const defaultStopMs = 60_000;

export function superviseAll(
  { daemons, checks = {} }: AnyDefinition,
  effects: Effects,
  host: Host,
  contextOf: (effects: Effects) => AnyContext,
): Supervisor {
  const supervisor = new Supervisor(host);
  for (const [id, plan] of Object.entries(daemons)) {
    const daemon = makeDaemon(id, plan, effects, host, contextOf);
    const requires: readonly string[] = plan.requires ?? [];
    const watched: Watched = {
      id,
      name: plan.ready?.name ?? null,
      check: plan.ready?.check ?? (plan.once === true ? isDone(daemon) : runsIsEnough),
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
const isDone =
  (daemon: RunningDaemon): Check =>
  () =>
    Promise.resolve({ result: daemon.done ? 'success' : 'loading', message: null });

function makeDaemon(
  id: string,
  daemon: AnyDaemon,
  effects: Effects,
  host: Host,
  contextOf: (effects: Effects) => AnyContext,
): RunningDaemon {
  let context = contextOf(effects);
  const { image, command, user, cwd, env = {}, limits = {}, once = false } = daemon;
  const { stopWithinMs = defaultStopMs, stopSignal = 'SIGTERM' } = daemon;
  return new RunningDaemon(effects, host, {
    id,
    image,
    mounts: mountsOf(daemon),
    async command() {
      // What the start before this one relied on is relied on no longer: one that crashes on and on gathers nothing.
      const own = effects.child?.(`daemon-${id}`) ?? effects;
      own.constRetry = effects.constRetry;
      context = contextOf(own);
      return typeof command === 'function' ? command(context) : command;
    },
    user,
    cwd,
    env: () => (typeof env === 'function' ? env(context) : Promise.resolve(env)),
    limits,
    once,
    stopWithinMs,
    stopSignal,
  });
}

function mountsOf({ mounts = {}, assets, dependencyMounts = [] }: AnyDaemon): Mount[] {
  return [
    ...volumeMounts(mounts),
    ...(assets === undefined ? [] : [{ from: 'assets', at: assets } as const]),
    ...dependencyMounts.map(
      ({ dependency, ...mount }) => ({ from: 'dependency', package: dependency, ...mount }) as const,
    ),
  ];
}
