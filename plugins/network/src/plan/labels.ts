/**
 * Gives every web binding the first label of its host names: `syncthing`, `admin-nextcloud`.
 *
 * A label once given is kept while the service is there: browsers tie cookies and saved passwords to it, so no package
 * that comes later, whatever its id, may take it over.
 */
import type { ServiceRow } from '@hearth/contract';
import type { Binding } from './bindings.ts';
import { bindingKey, webBindings } from './bindings.ts';

/** service -> binding -> label */
export type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

const longest = 63;

/** The labels of all services: those kept, and new ones for new bindings. Pure; the same for the same input. */
export function assignLabels(kept: Labels, services: readonly ServiceRow[]): Labels {
  const present = new Map(services.map((row) => [row.id, row]));
  const labels = new Map(
    [...present.keys()].map((service) => [service, new Map(Object.entries(kept[service] ?? {}))] as const),
  );
  const taken = new Set([...labels.values()].flatMap((given) => [...given.values()]));
  for (const [service, given] of labels) {
    const row = present.get(service);
    if (row === undefined) continue;
    for (const binding of webBindings(row)) {
      const key = bindingKey(binding);
      if (given.has(key)) continue;
      const label = firstFree(given.size === 0 ? service : combined(binding, service), taken);
      taken.add(label);
      given.set(key, label);
    }
  }
  return Object.fromEntries(
    [...labels].filter(([, given]) => given.size > 0).map(([service, given]) => [service, Object.fromEntries(given)]),
  );
}

function combined(binding: Binding, service: string): string {
  const name = (binding.interfaces[0]?.id ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 16)
    .replaceAll(/^-|-$/g, '');
  return `${name === '' ? binding.internalPort : name}-${service}`;
}

function firstFree(wish: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const label = wish.slice(0, longest - suffix.length) + suffix;
    if (!taken.has(label)) return label;
  }
}
