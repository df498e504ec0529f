/**
 * What a job would do, without doing it: by the same questions, numbers and refusals as the job itself.
 *
 * Only the head of an archive is read, as far as its source can show it; the job proves the whole.
 */
import { createHash } from 'node:crypto';
import type { InstallRequest, Manifest, ServicePlan, ServiceRow } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import { type Context, titleOf } from '../context.ts';
import { errors } from '../errors.ts';
import { asideCost, refuseNoRoom } from '../install/aside.ts';
import { exitTarget } from '../install/migration.ts';
import type { Sources } from '../install/sources.ts';
import { refuseUnfit, reserveBytes, spaceFor } from '../install/verify.ts';
import { dependantsOf } from '../needs/needs.ts';
import { accepts } from '../needs/verdict.ts';
import { matches } from '../tasks/match.ts';
import { templatesOf } from '../tasks/tasks.ts';
import { differences, manifestChanges } from './manifest-changes.ts';

/** Stop, container, script and start: what most services take. */
const usualSeconds = 30;
/** Of a plain copy on a slow disk. */
const copyBytesPerSecond = 80e6;

type Begun = Pick<ServicePlan, 'kind' | 'service' | 'title' | 'from' | 'to'>;
type Draft = Omit<ServicePlan, 'id'>;

export class Planner {
  readonly #context: Context;
  readonly #sources: Sources;

  constructor(context: Context, sources: Sources) {
    this.#context = context;
    this.#sources = sources;
  }

  /** Install or update, as the service is known or not. @throws services.cannotLook when its source cannot show it */
  async install(request: InstallRequest, signal: AbortSignal): Promise<ServicePlan> {
    const source = this.#sources.get(request.source);
    if (source.look === undefined) throw errors.cannotLook({ source: request.source });
    const found = await source.look(request.input, signal);
    const { manifest } = found;
    const row = this.#context.rows.read(request.id);
    const plan = await this.#begin({
      kind: row === null ? 'package.install' : 'package.update',
      service: request.id,
      title: titleOf(manifest),
      from: row?.manifest.version ?? null,
      to: manifest.version,
    });
    // Also data that an earlier installation left is put aside before another touches it.
    const data = row !== null || (this.#context.allocations.index(request.id) !== null && request.restore !== true);
    const cost = data ? await asideCost(this.#context, request.id, signal) : null;
    const needed = spaceFor(found.bytes) + found.fetch + reserveBytes;
    const refusals = collect([
      () => {
        if (manifest.id !== request.id) throw errors.wrongPackage({ service: request.id, found: manifest.id });
      },
      () => refuseUnfit(this.#context, manifest),
      () => {
        if (plan.disk.free < needed) throw errors.noSpace({ title: manifest.title, needed, free: plan.disk.free });
      },
      () => {
        if (cost !== null) refuseNoRoom(manifest.title, cost, plan.disk.free - spaceFor(found.bytes));
      },
      () => {
        if (row?.package.rootSighash === found.rootSighash) throw errors.sameVersion({ service: request.id });
      },
      () => {
        if (row !== null) exitTarget(row.manifest, manifest);
      },
    ]);
    return named({
      ...plan,
      rootSighash: found.rootSighash,
      fetch: found.fetch,
      disk: { ...plan.disk, needed: needed + (cost?.needed ?? 0) },
      memory: { ...plan.memory, needed: manifest.hardwareRequirements.ram },
      changes: manifestChanges(row?.manifest ?? null, manifest),
      snapshot: cost === null ? null : { bytes: cost.bytes, shared: cost.shared },
      downtime: downtimeOf(row, (cost?.needed ?? 0) / copyBytesPerSecond),
      dependants: this.#dependants(request.id, manifest),
      ports: this.#ports(request.id, 'kept'),
      refusals,
    });
  }

  /** What a job is given of the plan that was shown, as it still stands. @throws services.notAsPlanned */
  async bound(request: InstallRequest, signal: AbortSignal): Promise<{ planned?: ServicePlan; expect?: string }> {
    if (request.plan === undefined) return {};
    const planned = Planner.hold(request.plan, await this.install(request, signal));
    return { planned, ...(planned.rootSighash === null ? {} : { expect: planned.rootSighash }) };
  }

  async remove(service: string, keepData: boolean, signal: AbortSignal): Promise<ServicePlan> {
    const row = this.#context.rows.get(service);
    const plan = await this.#begin({ kind: 'package.uninstall', ...of(row), to: null });
    const { bytes } = await this.#context.engine.call('volume.measure', { service }, { signal });
    const ports = this.#ports(service, keepData ? 'kept' : 'freed');
    return named({ ...plan, erases: keepData ? null : bytes, dependants: this.#dependants(service, null), ports });
  }

  async rebuild(service: string): Promise<ServicePlan> {
    const row = this.#context.rows.get(service);
    const plan = await this.#begin({ kind: 'package.rebuild', ...of(row), to: row.manifest.version });
    const dependants = this.#dependants(service, row.manifest);
    return named({ ...plan, downtime: downtimeOf(row, 0), dependants, ports: this.#ports(service, 'kept') });
  }

  /**
   * Running an action that changes what a service is set to. Whether its script starts the service anew for it is the
   * script's affair, and not told here.
   *
   * @param before what the action's form holds now
   */
  async configure(service: string, action: string, before: unknown, input: unknown): Promise<ServicePlan> {
    const row = this.#context.rows.get(service);
    const plan = await this.#begin({ kind: 'package.action.run', ...of(row), to: row.manifest.version });
    const changes = differences(before ?? {}, input ?? {}, '').map((change) => ({
      ...change,
      about: 'setting' as const,
    }));
    const draft = {
      ...plan,
      changes,
      dependants: this.#context.rows.all().flatMap((other) => servedBy(other, service, action, input)),
      ports: this.#ports(service, 'kept'),
    };
    // Not what the form holds now: it may suggest something else each time it is asked.
    return named(draft, { action, input });
  }

  /** The plan there is now, if it binds what was shown. @throws services.notAsPlanned */
  static hold(shown: string, now: ServicePlan): ServicePlan {
    if (now.id !== shown) throw errors.notAsPlanned({ service: now.service });
    return now;
  }

  #ports(service: string, effect: 'kept' | 'freed'): ServicePlan['ports'] {
    const hosts = Object.values(this.#context.rows.read(service)?.hosts ?? {});
    const nets = hosts.flatMap(({ bindings }) => Object.values(bindings).map(({ net }) => net));
    const ports = nets.flatMap(({ assignedPort, assignedSslPort }) => [assignedPort, assignedSslPort]);
    const held = [...new Set(ports.filter((port) => port !== null))].sort((a, b) => a - b);
    return held.map((port) => ({ port, effect }));
  }

  async #begin(begun: Begun): Promise<Draft> {
    const { diskFree, memoryTotal } = await this.#context.engine.call('host.usage', {});
    return {
      ...begun,
      rootSighash: null,
      fetch: 0,
      disk: { needed: 0, free: diskFree },
      memory: { needed: null, total: memoryTotal },
      changes: [],
      snapshot: null,
      erases: null,
      downtime: 0,
      dependants: [],
      ports: [],
      refusals: [],
    };
  }

  /** @param after null when it goes */
  #dependants(service: string, after: Manifest | null): ServicePlan['dependants'] {
    return dependantsOf(this.#context.rows, service).map((row) => ({
      id: row.id,
      title: titleOf(row.manifest),
      running: row.status.actual === 'running',
      effect: effectOn(row, service, after),
    }));
  }
}

/** What a plan binds, by what is done and to whom; numbers of the moment (free bytes, seconds) are shown, not promised. */
function named(draft: Draft, asked?: unknown): ServicePlan {
  const { kind, service, from, to, rootSighash, changes, snapshot, erases, dependants, ports } = draft;
  const bound = {
    ...{ kind, service, from, to, rootSighash, ports },
    ...(asked === undefined ? { changes } : { asked }),
    aside: snapshot !== null,
    erased: erases !== null,
    dependants: dependants.map(({ id, effect }) => `${id} ${effect}`).sort(),
  };
  return { ...draft, id: createHash('sha256').update(JSON.stringify(bound)).digest('hex') };
}

/** Tasks of others on this action, by what it would be run with from now on. */
function servedBy(row: ServiceRow, service: string, action: string, input: unknown): ServicePlan['dependants'] {
  const effects = Object.values(row.tasks).flatMap(({ active, task }): ('needsYou' | 'served')[] => {
    const conditional = (task.when ?? null) !== null;
    if (row.id === service || task.packageId !== service || task.actionId !== action) return [];
    const fits = !conditional || templatesOf(task).some((template) => matches(input, template));
    if (fits === !active) return [];
    return [fits ? 'served' : 'needsYou'];
  });
  const { id, manifest, status } = row;
  const running = status.actual === 'running';
  const effect = effects.includes('needsYou') ? 'needsYou' : effects[0];
  return effect === undefined ? [] : [{ id, title: titleOf(manifest), running, effect }];
}

const of = ({ id, manifest }: ServiceRow) => ({ service: id, title: titleOf(manifest), from: manifest.version });

function effectOn(row: ServiceRow, service: string, after: Manifest | null): 'interrupted' | 'unsatisfied' | 'lost' {
  if (after === null) return 'lost';
  const range = row.dependencies[service]?.versionRange ?? '*';
  const accepted = [after.version, ...after.satisfies].some((version) => accepts(version, range));
  return accepted ? 'interrupted' : 'unsatisfied';
}

function downtimeOf(row: ServiceRow | null, more: number): number {
  return row?.status.actual === 'running' ? Math.round(usualSeconds + more) : 0;
}

function collect(looks: readonly (() => void)[]): ServicePlan['refusals'] {
  return looks.flatMap((look) => {
    try {
      look();
      return [];
    } catch (error) {
      const { code, message, data } = HearthError.from(error);
      return [{ code, message, data: { ...data } }];
    }
  });
}
