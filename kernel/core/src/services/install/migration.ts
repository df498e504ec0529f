/** Whether one version may take over from another, and what the old one is told it is left for. */
import type { Manifest } from '@hearth/contract';
import { intersect, isSatisfiable, parseRange, parseVersion, printRange, satisfies } from '@hearth/exver';
import { errors } from '../errors.ts';

type Migrating = Pick<Manifest, 'id' | 'version' | 'canMigrateFrom' | 'canMigrateTo'>;

/**
 * - The new version can migrate from the old one: the old one leaves everything as it is (target: its own version).
 * - Else the old one can migrate to the new version: it does so (target: the new version).
 * - Else they may meet in between: the old one goes as far as both know (target: the range both accept).
 *
 * @throws services.cannotMigrate
 */
export function exitTarget(from: Migrating, to: Migrating): string {
  const versions = { from: from.version, to: to.version, takesFrom: to.canMigrateFrom, leavesFor: from.canMigrateTo };
  const refuse = errors.cannotMigrate({ service: to.id, ...versions });
  if (satisfies(parseVersion(from.version), parseRange(to.canMigrateFrom))) return from.version;
  if (satisfies(parseVersion(to.version), parseRange(from.canMigrateTo))) return to.version;
  const between = intersect(from.canMigrateTo, to.canMigrateFrom);
  if (!isSatisfiable(between)) throw refuse;
  return printRange(between);
}
