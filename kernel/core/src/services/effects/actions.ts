/** Effects about actions and tasks. */
import type { Context } from '../context.ts';
import { effectErrors, errors } from '../errors.ts';
import type { Scripts } from '../scripts.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { type EffectCall, type Handlers, targetOf } from './call.ts';

type Names =
  | 'action.export'
  | 'action.clear'
  | 'action.get-input'
  | 'action.run'
  | 'action.create-task'
  | 'action.clear-tasks';

export function actionEffects(context: Context, scripts: Scripts, tasks: Tasks): Handlers<Names> {
  const { rows, log } = context;

  /** Another package's actions are open to all, to its dependants, or to nobody but the owner. */
  const allow = (target: string, actionId: string, { service }: EffectCall): void => {
    if (target === service) return;
    const action = rows.get(target).actions[actionId];
    if (action === undefined) throw errors.unknownAction({ service: target, action: actionId });
    const depends = Object.hasOwn(rows.get(service).dependencies, target);
    if (action.access === 'public' || (action.access === 'dependent' && depends)) return;
    throw effectErrors.refused({ reason: `action "${actionId}" of "${target}" may not be used by other packages` });
  };

  return {
    'action.export': async ({ id, metadata }, { service }) => {
      await rows.change(service, 'action.export', (row) => {
        row.actions[id] = metadata;
      });
      tasks
        .review(service, id, false)
        .catch((error: unknown) => log.warn({ err: error, service }, 'Tasks were not looked at'));
    },
    'action.clear': async ({ except }, { service }) => {
      await rows.change(service, 'action.clear', (row) => {
        for (const id of Object.keys(row.actions)) if (!except.includes(id)) delete row.actions[id];
      });
    },
    'action.get-input': (params, call) => {
      const service = targetOf(params, call);
      allow(service, params.actionId, call);
      return scripts.getInput({ service, action: params.actionId, prefill: params.prefill ?? null, event: call.event });
    },
    'action.run': (params, call) => {
      const service = targetOf(params, call);
      allow(service, params.actionId, call);
      return scripts.run({ service, action: params.actionId, input: params.input, event: call.event });
    },
    'action.create-task': async ({ replayId, ...task }, { service }) => {
      const { input, when } = task;
      if (when != null && input == null)
        throw effectErrors.refused({ reason: 'a task with a condition needs an input to compare with' });
      await tasks.create(service, replayId, task);
    },
    'action.clear-tasks': async (which, { service }) => tasks.clear(service, which),
  };
}
