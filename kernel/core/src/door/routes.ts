/** Plain HTTP resources of plugins, by path. */
import type { Route } from '@hearth/contract';
import { errors } from '../errors.ts';

export interface RouteRow {
  readonly route: Route;
  /** Waits until the plugin is up; throws why it is not. */
  readonly up: () => Promise<void>;
}

/** Throws `kernel.routeTwice`. */
export function routeTable(supervisor: {
  readonly routes: readonly { readonly plugin: string; readonly route: Route }[];
  up(plugin: string): Promise<void>;
}): ReadonlyMap<string, RouteRow> {
  const table = new Map<string, RouteRow>();
  for (const { plugin, route } of supervisor.routes) {
    if (table.has(route.path)) throw errors.routeTwice({ path: route.path });
    table.set(route.path, { route, up: () => supervisor.up(plugin) });
  }
  return table;
}
