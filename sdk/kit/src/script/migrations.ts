/** Brings data from version to version, one step after the other, in either direction. */
import { compareVersions, satisfies } from '@hearth/exver';

/** What changed in the data with one version. */
export interface Migration<C> {
  /** From whatever is older to this version. Without it there is nothing to be done. */
  readonly up?: (context: C) => Promise<void>;
  /** Back, to what is older. Without it nobody can go back beyond this version. */
  readonly down?: (context: C) => Promise<void>;
}

/**
 * By the version that brought the change: `2.0.0:0`. On an update every `up` between the data's version and the package's is
 * run, oldest first, and the data version follows step by step; a downgrade runs `down` the other way. Name a first version
 * with `{}`, so that data can go back to it.
 */
export type Migrations<C> = Readonly<Record<string, Migration<C>>>;

type Step<C> = readonly [version: string, migration: Migration<C>];
type Reached = (version: string) => Promise<unknown>;

const isOlder = (a: string, b: string) => compareVersions(a, b) === 'less';

/** Oldest first. */
function ordered<C>(migrations: Migrations<C>): Step<C>[] {
  return Object.entries(migrations).sort(([a], [b]) => (a === b ? 0 : isOlder(a, b) ? -1 : 1));
}

/** The way from `found` to `own`; after each step `reached` is told the version whose data it is now. */
export async function migrateUp<C>(
  migrations: Migrations<C>,
  context: C,
  found: string,
  own: string,
  reached: Reached,
): Promise<void> {
  for (const [version, { up }] of ordered(migrations)) {
    if (!isOlder(found, version) || isOlder(own, version)) continue;
    await up?.(context);
    await reached(version);
  }
}

/**
 * Back to `target`, a version or a range of them, the newest change first. Whether all of the way is open is looked at before
 * the first step; a crash between two leaves the data version where the data is.
 *
 * @throws when a step on the way cannot be taken back, or no version of the table is in the range
 */
export async function migrateDown<C>(
  migrations: Migrations<C>,
  context: C,
  target: string,
  found: string,
  reached: Reached,
): Promise<void> {
  const known = ordered(migrations).filter(([version]) => !isOlder(found, version));
  const exact = /^(#[^:]*:)?[0-9]/.test(target);
  const candidates = [found, ...known.map(([version]) => version).reverse()];
  const destination = exact ? target : candidates.find((version) => satisfies(version, target));
  if (destination === undefined) throw new Error(`Data of ${found} cannot go back: no known version is ${target}`);
  const way = known.filter(([version]) => isOlder(destination, version)).reverse();
  const barrier = way.find(([, { down }]) => down === undefined);
  if (barrier !== undefined) throw new Error(`Data of ${barrier[0]} cannot go back to ${destination}`);
  for (const [index, [, { down }]] of way.entries()) {
    await down?.(context);
    await reached(way[index + 1]?.[0] ?? destination);
  }
  if (way.length === 0 && isOlder(destination, found)) await reached(destination);
}

/** Which versions the data can go back to, as a range for the manifest. */
export function downgradeRange(migrations: Migrations<never>, own: string): string {
  const newestFirst = ordered(migrations).reverse();
  if (newestFirst.length === 0) return `=${own}`;
  const barrier = newestFirst.find(([, { down }]) => down === undefined);
  return barrier === undefined ? `<=${own}` : `>=${barrier[0]} && <=${own}`;
}
