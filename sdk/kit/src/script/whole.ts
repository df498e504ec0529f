/** A definition whose names are known only as texts, and what no compiler sees in it. */
import type { AnyContext } from './context.ts';
import type { Definition } from './definition.ts';
import { signOnSecret } from './sign-on.ts';
import { secretVolume } from './secrets.ts';
import type { Daemon } from './types.ts';

type Table = Readonly<Record<string, unknown>>;
export type AnyDefinition = Definition<string, string, string, Table, string, Table, string, string, AnyContext>;
export type AnyDaemon = Daemon<string, string, string, string, AnyContext>;

/** The package does not load with any of these: better at the packager's than at an owner's. */
export function refuseMistakes(definition: AnyDefinition): void {
  const { daemons, volumes, secrets = {}, files = {} } = definition;
  refuseCycles(daemons);
  definition.addressProvider?.plugin.refuseMistakes(definition.addressProvider, definition.actions ?? {});
  if (Object.keys(secrets).length > 0 && volumes.includes(secretVolume))
    throw new Error(`Volume ${secretVolume} is where the kit keeps secrets: name yours otherwise`);
  for (const id of Object.keys(secrets)) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id === signOnSecret)
      throw new Error(`Secret ${id} needs another name: small letters and digits, in words joined by hyphens`);
  }
  for (const [name, { volume }] of Object.entries(files))
    if (!volumes.includes(volume)) throw new Error(`File ${name} is in volume ${volume}, which is not declared`);
}

/** A daemon that waits for itself would never start. */
function refuseCycles(daemons: Readonly<Record<string, { readonly requires?: readonly string[] }>>): void {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new Error(`Daemons require each other in a circle: ${[...path, id].join(' -> ')}`);
    if (done.has(id)) return;
    for (const next of daemons[id]?.requires ?? []) visit(next, [...path, id]);
    done.add(id);
  };
  for (const id of Object.keys(daemons)) visit(id, []);
}
