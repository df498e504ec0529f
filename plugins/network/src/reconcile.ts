/**
 * Brings proxy, firewall, names and addresses into line with what the services declare.
 *
 * One pass at a time; each part goes its own way, so that a proxy that cannot start leaves the firewall right. What did
 * not change is not touched. After a failure the pass is tried again.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EngineClient, Log, Services, Slice } from '@hearth/contract';
import { isPrivateAddress, isPrivateName } from './authority/names.ts';
import type { Announcer } from './mdns/announcer.ts';
import type { Names } from './names.ts';
import type { Surroundings } from './plan/addresses.ts';
import { serverAddresses, serviceAddresses } from './plan/addresses.ts';
import { assignLabels } from './plan/labels.ts';
import type { BridgePlan, NetworkPlan } from './plan/plan.ts';
import { planNetwork } from './plan/plan.ts';
import type { Proxy } from './proxy.ts';
import type { NetworkSecret, NetworkState } from './state.ts';

export interface ReconcileParts {
  readonly engine: EngineClient;
  readonly services: Services;
  readonly secret: Slice<NetworkSecret>;
  readonly state: Slice<NetworkState>;
  readonly log: Log;
  readonly proxy: Proxy;
  readonly names: Names;
  /** Null while no name may be announced. */
  readonly announcer: () => Announcer | null;
  readonly surroundings: () => Surroundings;
  readonly ownPorts: readonly number[];
  /** Of Hearth's own page, besides those it has anyway. */
  readonly furtherNames: readonly string[];
  readonly fingerprint: () => string;
}

export interface Reconciler {
  /** One pass after those that run; throws the first thing that went wrong. */
  run(): Promise<void>;
  /** A pass soon; many requests make one. Never throws. */
  request(): void;
  stop(): Promise<void>;
}

const gatherMs = 50;
const retryMs = 5_000;

export function createReconciler(parts: ReconcileParts): Reconciler {
  const { engine, services, secret, state, log, ownPorts } = parts;
  let queue: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let bridge: BridgePlan | null = null;

  async function pass(): Promise<void> {
    const around = parts.surroundings();
    const labels = assignLabels(secret.read().labels, services.list());
    if (!isDeepStrictEqual(labels, secret.read().labels)) {
      await secret.commit('network.labels', (draft) => {
        draft.labels = structuredClone(labels);
      });
    }
    const { hostname, address } = around;
    const plan = planNetwork({ services: services.list(), labels, hostname, address, ownPorts });
    const outcomes = await Promise.allSettled([
      applyProxy(plan, around),
      applyBridge(plan.bridge),
      parts.names.apply(plan.records),
      show({ ...around, labels }),
      parts.announcer()?.apply(announcedNames(plan, hostname), around.lan),
    ]);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    for (const error of failures) log.error({ err: error }, 'A part of the network could not be applied');
    if (failures.length > 0) throw failures[0];
  }

  async function applyProxy(plan: NetworkPlan, { hostname, lan }: Surroundings): Promise<void> {
    const own = ['localhost', `${hostname}.local`, '127.0.0.1', '::1', ...parts.furtherNames];
    const names = [...new Set([...own, ...lan.map((entry) => entry.address)])];
    await parts.proxy.apply(
      plan,
      names,
      names.filter((name) => isPrivateName(name) || isPrivateAddress(name)),
    );
  }

  async function applyBridge(next: BridgePlan): Promise<void> {
    if (isDeepStrictEqual(next, bridge)) return;
    await engine.call('bridge.apply', next);
    bridge = next;
  }

  async function show(around: Surroundings): Promise<void> {
    const { hostname, httpsPort, lan } = around;
    const next: NetworkState = {
      caFingerprint: parts.fingerprint(),
      hostname,
      server: serverAddresses(hostname, httpsPort, lan),
      addresses: Object.fromEntries(services.list().map((row) => [row.id, serviceAddresses(row, around)])),
    };
    if (isDeepStrictEqual(next, state.read())) return;
    await state.commit('network.addresses', (draft) => {
      Object.assign(draft, next);
    });
  }

  function run(): Promise<void> {
    const mine = queue.then(() => (stopped ? undefined : pass()));
    queue = mine.catch(() => undefined);
    return mine;
  }

  function later(ms: number): void {
    if (stopped || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      run().catch(() => later(retryMs));
    }, ms).unref();
  }

  return {
    run,
    request: () => later(gatherMs),
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await queue;
    },
  };
}

function announcedNames({ sites }: NetworkPlan, hostname: string): readonly string[] {
  return [`${hostname}.local`, ...sites.map((site) => site.names[0])];
}
