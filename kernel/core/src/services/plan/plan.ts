/**
 * What a job would do, without doing it: by the same questions, numbers and refusals as the job itself.
 *
 * Only the head of an archive is read, as far as its source can show it; the job proves the whole.
 */
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
import { manifestChanges } from './manifest-changes.ts';

/** Stop, container, script and start: what most services take. */
const usualSeconds = 30;
/** Of a plain copy on a slow disk. */
const copyBytesPerSecond = 80e6;

type Begun = Pick<ServicePlan, 'kind' | 'service' | 'title' | 'from' | 'to'>;

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
    const cost = row === null ? null : await asideCost(this.#context, request.id, signal);
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
    return {
      ...plan,
      rootSighash: found.rootSighash,
      fetch: found.fetch,
      disk: { ...plan.disk, needed: needed + (cost?.needed ?? 0) },
      memory: { ...plan.memory, needed: manifest.hardwareRequirements.ram },
      changes: manifestChanges(row?.manifest ?? null, manifest),
      snapshot: cost === null ? null : { bytes: cost.bytes, shared: cost.shared },
      downtime: downtimeOf(row, (cost?.needed ?? 0) / copyBytesPerSecond),
      dependants: this.#dependants(request.id, manifest),
      refusals,
    };
  }

  async remove(service: string, keepData: boolean, signal: AbortSignal): Promise<ServicePlan> {
    const row = this.#context.rows.get(service);
    const plan = await this.#begin({ kind: 'package.uninstall', ...of(row), to: null });
    const { bytes } = await this.#context.engine.call('volume.measure', { service }, { signal });
    return { ...plan, erases: keepData ? null : bytes, dependants: this.#dependants(service, null) };
  }

  async rebuild(service: string): Promise<ServicePlan> {
    const row = this.#context.rows.get(service);
    const plan = await this.#begin({ kind: 'package.rebuild', ...of(row), to: row.manifest.version });
    return { ...plan, downtime: downtimeOf(row, 0), dependants: this.#dependants(service, row.manifest) };
  }

  async #begin(begun: Begun): Promise<ServicePlan> {
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
