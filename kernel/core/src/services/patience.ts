/** Waiting with an end: a deadline that can be pushed on by signs of life, and whoever may call it off. */
import type { HearthError } from '@hearth/contract';
import { errors } from './errors.ts';
import type { Answer } from './link/requests.ts';

export interface Patience {
  readonly signal: AbortSignal;
  touch(): void;
  /** Rejects with the reason when patience ends first. */
  race<T>(work: Promise<T>): Promise<T>;
  end(): void;
}

/** @param tooLate makes the error; is told how long it lasted, in seconds */
export function patience(limitMs: number, tooLate: (seconds: number) => HearthError, outer?: AbortSignal): Patience {
  const over = new AbortController();
  const expire = (): void => over.abort(tooLate(Math.round(limitMs / 1000)));
  let timer = setTimeout(expire, limitMs).unref();
  const signal = outer === undefined ? over.signal : AbortSignal.any([over.signal, outer]);
  return {
    signal,
    touch() {
      clearTimeout(timer);
      timer = setTimeout(expire, limitMs).unref();
    },
    async race(work) {
      signal.throwIfAborted();
      const { promise, reject } = Promise.withResolvers<never>();
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      try {
        return await Promise.race([work, promise]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    end: () => clearTimeout(timer),
  };
}

/** The result, or the script's own words as an error. @throws services.scriptFailed */
export function answerOf(service: string, procedure: string, answer: Answer): unknown {
  if (answer.error === undefined) return answer.result ?? null;
  throw errors.scriptFailed({ service, procedure, details: wordsOf(answer.error) });
}

/** More is not read, let alone kept. */
const longestWords = 1000;
/** A line of a stack trace, as QuickJS and V8 print them. */
const frame = /^\s+at .*(\)|:\d+)\s*$/;

/**
 * What the script said, for the owner to read. StartOS's runtime puts it into `data.details`; `data` may also be the text
 * itself. Where in the script it was said is in the service's log, and nobody else's business.
 */
function wordsOf(error: unknown): string {
  const { data, message } = (error ?? {}) as { data?: unknown; message?: unknown };
  const details = typeof data === 'object' && data !== null ? (data as { details?: unknown }).details : data;
  const words = typeof details === 'string' && details !== '' ? details : message;
  return (typeof words === 'string' ? readable(words) : '') || 'it gave no reason';
}

function readable(words: string): string {
  const lines = words
    .slice(0, 8 * longestWords)
    .split('\n')
    .filter((line) => !frame.test(line))
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trimEnd());
  const text = lines.join('\n').trim();
  return text.length <= longestWords ? text : `${text.slice(0, longestWords)}…`;
}
