/** Another package, as one that depends on it sees it. */
import type { Host } from '../node/host.ts';
import type { ActionResult, CheckResult, DependencyState, Effects } from './effects.ts';
import { callbackOf, type Follower, type Reactive, reactive } from './reactive.ts';

/** Another package, as one that depends on it sees it: `context.dependencies.<id>`. */
export interface DependencyHandle {
  /** Where its ports are reached: `postgresql.startos`. */
  readonly hostname: string;
  /** What is known of it now; null while it is not declared. */
  state(): Promise<DependencyState | null>;
  /** Whether it runs, and how its health checks are. */
  readonly status: Reactive<DependencyStatus>;
  /** Runs an action of it that lets its dependants (`access: 'dependent'`). */
  run(action: string, input?: object): Promise<ActionResult | null>;
}

/** How another package is now. */
export interface DependencyStatus {
  readonly running: boolean;
  readonly health: Readonly<Record<string, CheckResult>>;
}

export function dependencyHandle(effects: Effects, host: Host, packageId: string): DependencyHandle {
  const source = async (follower: Follower | null): Promise<DependencyStatus> =>
    statusOf(await effects.getStatus({ packageId, ...callbackOf(follower) }));
  return {
    hostname: `${packageId}.startos`,
    async state() {
      const [found] = await effects.checkDependencies({ packageIds: [packageId] });
      return found ?? null;
    },
    status: reactive(effects, source, host.log),
    run: (actionId, input) => effects.action.run({ packageId, actionId, ...(input === undefined ? {} : { input }) }),
  };
}

function statusOf(told: unknown): DependencyStatus {
  const { started = null, health = {} } = (told ?? {}) as {
    readonly started?: string | null;
    readonly health?: Readonly<Record<string, { readonly result: CheckResult } | null>>;
  };
  const known = Object.entries(health).flatMap(([id, check]) => (check === null ? [] : [[id, check.result] as const]));
  return { running: started !== null, health: Object.fromEntries(known) };
}
