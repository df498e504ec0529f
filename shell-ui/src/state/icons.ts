/** Where the icon of an installed service is served; the hash makes it safe to keep for ever. */
import type { ServiceRow } from '@hearth/contract';

export function serviceIcon(row: ServiceRow): string {
  return `/icon/${row.id}?v=${row.package.rootSighash.slice(0, 16)}`;
}
