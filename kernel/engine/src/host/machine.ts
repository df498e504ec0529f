/** What every verb is given: the configuration, the places, and the queues that keep verbs on one service in order. */
import { EventEmitter } from 'node:events';
import type { EngineConfig, EngineEventMap } from '@hearth/contract';
import { type Layout, layoutOf } from '../layout.ts';
import { Queues } from '../system/queue.ts';

export interface Machine {
  readonly config: EngineConfig;
  readonly layout: Layout;
  readonly queues: Queues;
  readonly events: EventEmitter<{ event: [keyof EngineEventMap, unknown] }>;
}

/** What a verb may use of the call it serves. */
export interface Call {
  readonly signal: AbortSignal;
  /** Bytes; null while the whole is unknown. */
  readonly progress: (done: number, total: number | null) => void;
}

export function machineOf(config: EngineConfig): Machine {
  return { config, layout: layoutOf(config), queues: new Queues(), events: new EventEmitter() };
}

export const rootOwner = { uid: 0, gid: 0 } as const;
