/** All effects, by name: a missing one does not compile. */
import type { Context } from '../context.ts';
import type { Scripts } from '../scripts.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { actionEffects } from './actions.ts';
import type { Handlers } from './call.ts';
import { certificateEffects } from './certificates.ts';
import { controlEffects, type ControlNeeds } from './control.ts';
import { dependencyEffects } from './dependencies.ts';
import { networkEffects } from './network.ts';
import { rangeEffects } from './ranges.ts';
import { subcontainerEffects } from './subcontainers.ts';
import { urlPluginEffects } from './url-plugin.ts';

export function effectHandlers(context: Context, scripts: Scripts, tasks: Tasks, control: ControlNeeds): Handlers {
  return {
    ...controlEffects(control),
    ...actionEffects(context, scripts, tasks),
    ...dependencyEffects(context),
    ...networkEffects(context),
    ...rangeEffects(context),
    ...certificateEffects(context),
    ...subcontainerEffects(context),
    ...urlPluginEffects(context),
  };
}
