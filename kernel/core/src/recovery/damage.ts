/** Which failures are of the state itself: then there is nothing to boot on, but still somebody who must be told. */
import { type BootState, HearthError } from '@hearth/contract';

/** Not: a journal that another kernel holds, or a plugin that cannot be loaded. */
const damages =
  /^state\.(journal(Unreadable|TooNew|Damaged|Gap)|replayFailed|slice(Invalid|TooNew)|migration(Missing|Failed))$/;

export function damageOf(error: unknown): HearthError | null {
  const failure = HearthError.from(error);
  return damages.test(failure.code) ? failure : null;
}

/** Stands first in the report of such a boot. */
export function damageRow({ code, message }: HearthError): BootState['plugins'][number] {
  const about = 'Keeps everything the server knows';
  return { plugin: 'state', about, phase: 'setup', outcome: 'failed', took: 0, error: { code, message } };
}
