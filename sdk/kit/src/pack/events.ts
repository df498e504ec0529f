/** What building tells while it goes on. With `--progress json` each is one line of standard output. */
import type { WireError } from '@hearth/contract/errors';

export type PackEvent =
  | { readonly type: 'phase'; readonly name: string }
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number | null;
      readonly units: 'bytes' | 'steps';
    }
  | { readonly type: 'log'; readonly text: string }
  | ({ readonly type: 'packed' } & Packed)
  | { readonly type: 'failed'; readonly error: WireError };

export interface Packed {
  readonly file: string;
  readonly id: string;
  readonly version: string;
  /** `rootSighash` in hex. */
  readonly commitment: { readonly rootSighash: string; readonly rootMaxsize: number };
  /** Hex. */
  readonly signer: string;
  /** Bytes. */
  readonly size: number;
}

export interface PackContext {
  readonly signal: AbortSignal | undefined;
  /** Build images anew even if they were built before. */
  readonly fresh: boolean;
  readonly say: (phase: string) => void;
  readonly progress: (done: number, total: number | null, units: 'bytes' | 'steps') => void;
  readonly log: (text: string) => void;
}

export function contextOf(
  onEvent: ((event: PackEvent) => void) | undefined,
  options: { readonly signal?: AbortSignal | undefined; readonly fresh?: boolean | undefined },
): PackContext {
  return {
    signal: options.signal,
    fresh: options.fresh ?? false,
    say: (name) => onEvent?.({ type: 'phase', name }),
    progress: (done, total, units) => onEvent?.({ type: 'progress', done, total, units }),
    log: (text) => onEvent?.({ type: 'log', text }),
  };
}
