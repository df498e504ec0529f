/** One plugin on its way through the boot, and its row of the report. */
import type { AnyPlugin, BootState, HearthError, PluginInstance } from '@hearth/contract';
import type { EventBus } from './events.ts';
import type { Undo } from './scope.ts';

export type BootRow = BootState['plugins'][number];

export interface Supervised {
  readonly plugin: AnyPlugin;
  readonly undo: Undo[];
  readonly events: ReturnType<EventBus['for']>;
  instance: PluginInstance<unknown> | null;
  phase: BootRow['phase'];
  outcome: BootRow['outcome'];
  error: HearthError | null;
  /** Stands at a gate, for some time already. */
  waiting: HearthError | null;
  /** Its start is over, however it went. */
  done: boolean;
  readonly settled: PromiseWithResolvers<undefined>;
  /** Stopped, or being stopped. */
  released: boolean;
  took: number;
}

export function supervised(plugin: AnyPlugin, events: Supervised['events']): Supervised {
  return {
    plugin,
    undo: [],
    events,
    instance: null,
    phase: 'setup',
    outcome: 'ok',
    error: null,
    waiting: null,
    done: false,
    settled: Promise.withResolvers(),
    released: false,
    took: 0,
  };
}

/** Whoever asked whether it is up gets an answer. */
export function settle(each: Supervised): void {
  each.done = true;
  each.settled.resolve(undefined);
}

export function rowOf({ plugin, phase, outcome, took, error, waiting }: Supervised): BootRow {
  const why = error ?? waiting;
  return {
    plugin: plugin.id,
    about: plugin.about,
    phase,
    outcome,
    took: Math.round(took * 10) / 10,
    error: why === null ? null : { code: why.code, message: why.message },
  };
}
