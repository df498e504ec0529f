/** How much of the machine a service may use: what the owner said, else what its package says, else what everybody gets. */
import type { EngineOutput, HostFeatures, ServiceLimits, ServiceRow } from '@hearth/contract';

const gibibyte = 1024 ** 3;
const usual = { cpuWeight: 100, pids: 8192, ioWeight: 100 } as const;

export type EffectiveLimits = { readonly [limit in keyof ServiceLimits]-?: NonNullable<ServiceLimits[limit]> | null };

/** Kept back for the server itself and for the others: one service alone never takes the whole machine. */
export function usualMemory(total: number): number {
  return Math.max(Math.floor(total / 2), total - Math.max(gibibyte, Math.floor(total / 8)));
}

export function limitsOf(
  { limits, manifest }: Pick<ServiceRow, 'limits' | 'manifest'>,
  { memory }: Pick<HostFeatures, 'memory'>,
): EffectiveLimits {
  const most = usualMemory(memory);
  const said = (limit: keyof ServiceLimits): number | null => limits?.[limit] ?? manifest.limits?.[limit] ?? null;
  return {
    // The owner may give it more than that; its package may not.
    memory: limits?.memory ?? Math.min(said('memory') ?? most, most),
    cpuWeight: said('cpuWeight') ?? usual.cpuWeight,
    pids: said('pids') ?? usual.pids,
    ioWeight: said('ioWeight') ?? usual.ioWeight,
    disk: said('disk'),
  };
}

/** Of the limits that are set, those this machine cannot keep as they are meant. */
export function unkeptOf(
  row: Pick<ServiceRow, 'limits' | 'manifest'>,
  { memory, unkept }: Pick<EngineOutput<'host.prepare'>, 'memory' | 'unkept'>,
): readonly HostFeatures['unkept'][number][] {
  const { ioWeight, disk } = limitsOf(row, { memory });
  const set = { memoryHigh: false, ioWeight: ioWeight !== usual.ioWeight, disk: disk !== null };
  return unkept.filter((limit) => set[limit]);
}
