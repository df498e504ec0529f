/** What holds of the owner's grants. Pure. */
import { type Capability, type CapabilityName, type CapabilityOf, covers, type PluginRow } from '@hearth/contract';

type Granted = Pick<PluginRow, 'asked' | 'granted'>;

/** What is asked and covered by what was granted: nothing else exists for the plugin. */
export function effective({ asked, granted }: Granted): readonly Capability[] {
  return asked.filter((entry) => granted.some((given) => covers(given, entry)));
}

/** Asked, not optional, and not granted: without these it does not run. */
export function missing({ asked, granted }: Granted): readonly Capability[] {
  return asked.filter((entry) => entry.optional !== true && !granted.some((given) => covers(given, entry)));
}

export function grantOf<N extends CapabilityName>(row: Granted, name: N): CapabilityOf<N> | undefined {
  return effective(row).find((entry): entry is CapabilityOf<N> => entry.capability === name);
}

/** Whether a list of services in a grant names this one. */
export function includesService(services: 'all' | readonly string[], service: string): boolean {
  return services === 'all' || services.includes(service);
}
