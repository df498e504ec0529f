/** @hearth/plugin-kit: what authors of confined plugins import. */
import type { Plugin } from './api.ts';

export type * from './api.ts';
export { basicAuthorization } from './basic.ts';

/** Ties the types together; `State` is what the shape in the manifest describes. */
export function plugin<State = Record<string, unknown>>(made: Plugin<State>): Plugin<State> {
  return made;
}
