/** Puts plugins into waves by what they need. Pure: nothing of a plugin runs here. */
import type { AnyPlugin, RefMap } from '@hearth/contract';
import { errors } from './errors.ts';

/** What a plan looks at of a declaration. */
export type Planned = Pick<AnyPlugin, 'id'> & {
  readonly requires: RefMap;
  readonly provides?: { readonly id: string } | undefined;
};

/**
 * Waves of plugins: all that a wave needs is in earlier waves or in `given` (ids of what the kernel provides).
 * Within a wave the order is that of the list.
 *
 * Throws `kernel.pluginTwice`, `kernel.needTwice`, `kernel.needMissing`, `kernel.needCircle`.
 */
export function plan<P extends Planned>(plugins: readonly P[], given: ReadonlySet<string>): readonly (readonly P[])[] {
  const providers = providersOf(plugins, given);
  const waiting = new Set(plugins);
  const done = new Set<string>();
  const waves: P[][] = [];
  while (waiting.size > 0) {
    const wave = [...waiting].filter((plugin) => needsOf(plugin, providers).every((need) => done.has(need)));
    if (wave.length === 0) throw errors.needCircle({ plugins: [...waiting].map((plugin) => plugin.id) });
    for (const plugin of wave) {
      waiting.delete(plugin);
      done.add(plugin.id);
    }
    waves.push(wave);
  }
  return waves;
}

/** Ids of the plugins whose services `plugin` requires; what the kernel gives is left out. */
export function needsOf(plugin: Planned, providers: ReadonlyMap<string, string>): readonly string[] {
  return Object.values(plugin.requires).flatMap((ref) => providers.get(ref.id) ?? []);
}

/** Reference id -> id of the plugin that provides it. */
export function providersOf(plugins: readonly Planned[], given: ReadonlySet<string>): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  const seen = new Set<string>();
  for (const plugin of plugins) {
    if (seen.has(plugin.id)) throw errors.pluginTwice({ plugin: plugin.id });
    seen.add(plugin.id);
    if (plugin.provides === undefined) continue;
    const need = plugin.provides.id;
    const other = given.has(need) ? 'kernel' : providers.get(need);
    if (other !== undefined) throw errors.needTwice({ plugin: plugin.id, other, need });
    providers.set(need, plugin.id);
  }
  for (const plugin of plugins) {
    const missing = Object.values(plugin.requires).find((ref) => !given.has(ref.id) && !providers.has(ref.id));
    if (missing !== undefined) throw errors.needMissing({ plugin: plugin.id, need: missing.id });
  }
  return providers;
}
