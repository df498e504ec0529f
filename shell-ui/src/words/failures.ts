/**
 * Words for every error code: what happened, and what to do about it. A code without words here shows the server's own
 * message. Kept apart by owner; see the house test that compares them with the tables of the kernel and the plugins.
 */
import { msg } from '@lit/localize';
import type { CallError } from '../link/call-error.ts';
import { failureTable, type FailureWords } from './failure-table.ts';

export interface Failure {
  readonly text: string;
  readonly more: string | null;
}

/** For anything that carries a code: a failed call, the error of a job or of a service. */
export function failureWords(error: {
  readonly code: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}): Failure {
  const words: FailureWords | undefined = failureTable()[error.code];
  if (words === undefined) return { text: sentence(error.message), more: null };
  return {
    text: fill(words.text, error.data ?? {}),
    more: words.more === undefined ? null : fill(words.more, error.data ?? {}),
  };
}

/** With the number that finds the call in the server's log, where nothing better can be said. */
export function callFailureWords(error: CallError): Failure {
  const failure = failureWords(error);
  if (error.code !== 'hearth.internal' || error.callId === null) return failure;
  return { ...failure, more: `${failure.more ?? ''} ${msg('Call')} ${error.callId}`.trim() };
}

/** Puts data into `{name}`; a name without data falls out together with the space before it. */
function fill(text: string, data: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(/ ?"?\{(\w+)\}"?/g, (whole, name: string) => {
    const value = data[name];
    return typeof value === 'string' || typeof value === 'number' ? whole.replace(`{${name}}`, String(value)) : '';
  });
}

/** The server's messages end without a full stop. */
function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
