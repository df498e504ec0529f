/**
 * What the rooms of the kernel are built from, and what they hand back.
 *
 * A part (jobs, services) is made by a function of `KernelParts`; making it does no I/O. It is then started, made ready
 * and stopped as a plugin is, before those that need it.
 */
import type { AnyMethod, EngineClient, Events, Jobs, Log, Network, Places } from '@hearth/contract';
import type { KernelConfig } from './config.ts';
import type { Store } from './state/store.ts';

/** Time as the house sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface KernelParts {
  readonly config: KernelConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly engine: EngineClient;
  readonly events: Events;
  readonly places: Places;
}

/** `createServices` gets these: the network is whichever plugin provides it, null until it has started. */
export interface ServicesParts extends KernelParts {
  readonly jobs: Jobs;
  readonly network: () => Network | null;
}

export interface KernelPart<T> {
  readonly service: T;
  readonly methods: readonly AnyMethod[];
  /** Nothing else runs yet: take stock, define jobs. */
  start?(signal: AbortSignal): Promise<void>;
  /** Every plugin has started: take up work that was left. */
  ready?(signal: AbortSignal): Promise<void>;
  /**
   * No more calls come in. Work that can be taken up again is let go, not finished. Jobs stop before the plugins (their
   * steps use them), services after.
   */
  stop?(signal: AbortSignal): Promise<void>;
}
