/** What holds of the owner's grants. Pure. */
import {
  type Capability,
  type CapabilityName,
  type CapabilityOf,
  compareCapabilities,
  covers,
  type PluginManifest,
  type PluginRow,
  sentenceOf,
} from '@hearth/contract';
import { errors } from './errors.ts';

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

/**
 * What is granted after an installation: what the owner allows by name, and what was granted before and is asked no
 * further. Throws `plugins.notAsked`, `plugins.grantNeeded`.
 */
export function grantedAnew(
  { id: plugin, capabilities: asked }: PluginManifest,
  former: PluginRow | undefined,
  grant: readonly string[],
): Capability[] {
  const odd = grant.find((name) => !asked.some(({ capability }) => capability === name));
  if (odd !== undefined) throw errors.notAsked({ plugin, capability: odd });
  const changes = compareCapabilities(former?.granted ?? [], asked);
  const granted = asked.filter(
    ({ capability }) =>
      grant.includes(capability) ||
      changes.some((change) => change.capability === capability && !change.needsGrant && change.change !== 'gone'),
  );
  const wanting = missing({ asked: [...asked], granted });
  if (wanting.length === 0) return granted;
  const capabilities = wanting.map(({ capability }) => capability);
  throw errors.grantNeeded({ plugin, sentences: wanting.map(sentenceOf).join('; '), capabilities });
}

/** Whether a list of services in a grant names this one. */
export function includesService(services: 'all' | readonly string[], service: string): boolean {
  return services === 'all' || services.includes(service);
}
