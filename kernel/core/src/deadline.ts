/** Bounded waiting. */
import type { ErrorFactory } from '@hearth/contract';
import { errors } from './errors.ts';

export interface DeadlineOptions {
  /** Aborts the work early; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** What to throw when time is up; gets `{ what, ms }`. */
  readonly error?: ErrorFactory;
}

/**
 * Runs `work` for at most `ms` milliseconds.
 *
 * When time is up its signal is aborted and `kernel.deadline` is thrown at once, whether or not the work listens: late
 * results and late failures are dropped.
 */
export async function within<T>(
  ms: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T> | T,
  options: DeadlineOptions = {},
): Promise<T> {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const give = (reason: Error): void => {
    controller.abort(reason);
    reject(reason);
  };
  const timer = setTimeout(() => give((options.error ?? errors.deadline)({ what, ms })), ms);
  const onAbort = (): void => give(toError(options.signal?.reason));
  if (options.signal?.aborted === true) onAbort();
  else options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    // Begun in a later turn, so that a synchronous throw and an abort before the start take the same way out.
    const result = Promise.resolve().then(() => runUnlessAborted(controller.signal, work));
    return await Promise.race([over, result]);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function runUnlessAborted<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T> | T): Promise<T> | T {
  signal.throwIfAborted();
  return work(signal);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('Aborted', 'AbortError');
}
