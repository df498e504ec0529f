/** Things the owner can ask of the service. */
import { makeContext } from './context.ts';
import type { ActionMetadata, ActionResult, Effects, ResultValue, SingleResult } from './effects.ts';
import type { Host } from '../node/host.ts';
import { isRecord, readFields, specOf } from './input.ts';
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

export type AnyAction = Action<string, string>;

export function exportActions(
  actions: Readonly<Record<string, AnyAction>>,
  host: Host,
  volumes: readonly string[],
): ExportedActions {
  const table = new Map(
    Object.entries(actions).map(([id, action]): [string, ExportedAction] => [
      id,
      {
        async getInput({ effects, prefill }) {
          if (action.input === undefined) return null;
          const filled = (await action.prefill?.(makeContext(effects, host, volumes))) ?? null;
          const value = isRecord(prefill) ? { ...filled, ...prefill } : filled;
          return { eventId: effects.eventId ?? '', spec: specOf(action.input), value };
        },
        // Refused as a rejection, never as a throw: the caller holds a promise.
        run: async ({ effects, input }) =>
          action.run(makeContext(effects, host, volumes), readFields(action.input ?? {}, input)),
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

/** A text to be shown, copied, or kept behind an eye. */
export function shown(value: string, options: { readonly masked?: boolean; readonly qr?: boolean } = {}): SingleResult {
  return { type: 'single', value, copyable: true, qr: options.qr ?? false, masked: options.masked ?? false };
}

/** What an action answers: a headline, words, and values by name. */
export function answer(
  title: string,
  message: string | null,
  values: Readonly<Record<string, ResultValue>> = {},
): ActionResult {
  const named = Object.entries(values).map(([name, value]) => ({ ...value, name, description: null }));
  return { version: '1', title, message, result: named.length === 0 ? null : { type: 'group', value: named } };
}
