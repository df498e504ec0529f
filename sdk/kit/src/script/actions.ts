/** Things the owner can ask of the service. */
import type { AnyContext } from './context.ts';
import type { ActionMetadata, ActionResult, Effects } from './effects.ts';
import { isRecord, readFields, settled, specOf } from './input.ts';
import type { Action } from './types.ts';

export interface ExportedAction {
  getInput(options: { effects: Effects; prefill?: unknown }): Promise<ActionForm | null>;
  run(options: { effects: Effects; input?: unknown }): Promise<ActionResult | null>;
  exportMetadata(options: { effects: Effects }): Promise<ActionMetadata>;
}

/** A form and what stands in it. */
export interface ActionForm {
  readonly eventId: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly value: Readonly<Record<string, unknown>> | null;
}

export interface ExportedActions {
  get(id: string): ExportedAction | undefined;
}

export type AnyAction = Action<AnyContext>;

export function exportActions(
  actions: Readonly<Record<string, AnyAction>>,
  contextOf: (effects: Effects) => AnyContext,
): ExportedActions {
  const table = new Map(
    Object.entries(actions).map(([id, action]): [string, ExportedAction] => [
      id,
      {
        async getInput({ effects, prefill }) {
          if (action.input === undefined) return null;
          const context = contextOf(effects);
          const filled = (await action.prefill?.(context)) ?? null;
          const value = isRecord(prefill) ? { ...filled, ...prefill } : filled;
          const input = await settled(action.input, context);
          return { eventId: effects.eventId ?? '', spec: specOf(input), value };
        },
        // Refused as a rejection, never as a throw: the caller holds a promise.
        async run({ effects, input }) {
          const context = contextOf(effects);
          return action.run(context, readFields(await settled(action.input ?? {}, context), input));
        },
        async exportMetadata({ effects }) {
          const metadata = metadataOf(action);
          await effects.action.export({ id, metadata });
          return metadata;
        },
      },
    ]),
  );
  return { get: (id) => table.get(id) };
}

function metadataOf({
  name,
  description,
  warning,
  group,
  when,
  hidden = false,
  access,
  input,
}: AnyAction): ActionMetadata {
  return {
    ...(access === undefined ? {} : { access }),
    name,
    description,
    warning: warning ?? null,
    visibility: hidden ? 'hidden' : 'enabled',
    allowedStatuses: when ?? 'any',
    hasInput: input !== undefined,
    group: group ?? null,
  };
}
